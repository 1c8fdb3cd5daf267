import { connectTo } from "@heddle/kube";
import { describe } from "vitest";
import { startCluster, testbedAvailability } from "../testbed/index.ts";
import { applierContract } from "./applier-contract.ts";

const { available } = await testbedAvailability();

describe.skipIf(!available)("real", () => {
  applierContract("kube-apiserver", async () => {
    const cluster = await startCluster({ name: "applier" });
    return {
      connection: connectTo({ server: cluster.url, caPem: cluster.caPem, token: cluster.adminToken }),
      close: cluster.close,
    };
  });
});
