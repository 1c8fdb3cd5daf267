import { startKubeSim } from "@heddle/kube-sim";
import { apiServerContract } from "@heddle/kube-sim/contract";
import { describe } from "vitest";
import { startCluster, testbedAvailability } from "./testbed/index.ts";

const { available } = await testbedAvailability();

/** What is asked of an API server, held against the real one, so that the simulated one may stand in for it. */
describe.skipIf(!available)("with etcd", () => {
  apiServerContract("kube-apiserver", () => startCluster({ name: "contract" }));
});

apiServerContract("the simulated API server", async () => ({ ...(await startKubeSim()), controllers: true }));
