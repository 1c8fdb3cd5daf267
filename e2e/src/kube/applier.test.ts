import { connectTo } from "@heddle/kube";
import { describe } from "vitest";
import { startCluster, testbedAvailability } from "../testbed/index.ts";
import { applierContract } from "./applier-contract.ts";
import { applierFaultsContract } from "./applier-faults-contract.ts";
import type { ContractServer } from "./contract-server.ts";

const { available } = await testbedAvailability();

describe.skipIf(!available)("real", () => {
  const start = async (): Promise<ContractServer> => {
    const cluster = await startCluster({ name: "applier" });
    return {
      connection: connectTo({ server: cluster.url, caPem: cluster.caPem, token: cluster.adminToken }),
      close: cluster.close,
    };
  };
  applierContract("kube-apiserver", start);
  applierFaultsContract("kube-apiserver", start);
});
