import { describe } from "vitest";
import { testbedAvailability } from "../testbed/index.ts";
import { applierContract } from "./applier-contract.ts";
import { applierFaultsContract } from "./applier-faults-contract.ts";
import { realApiServer } from "./contract-server.ts";
import { driftWatchContract } from "./drift-watch-contract.ts";
import { finalizersContract } from "./finalizers-contract.ts";
import { makeBeforeBreakContract } from "./make-before-break-contract.ts";
import { reflectorContract } from "./reflector-contract.ts";

const { available } = await testbedAvailability();

describe.skipIf(!available)("with etcd", () => {
  applierContract("kube-apiserver", realApiServer);
  applierFaultsContract("kube-apiserver", realApiServer);
  driftWatchContract("kube-apiserver", realApiServer);
  finalizersContract("kube-apiserver", realApiServer);
  makeBeforeBreakContract("kube-apiserver", realApiServer);
  reflectorContract("kube-apiserver", realApiServer);
});
