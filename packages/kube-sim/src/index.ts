export { StatusError } from "./errors/status-error.ts";
export type { AddedFault, Fault, FaultMatch, FaultSubject, Faults, Refusal, WatchFault } from "./faults.ts";
export type { Json, JsonObject } from "./json/json.ts";
export type { KubeObject } from "./json/kube-object.ts";
export {
  type KubeSim,
  type KubeSimOptions,
  manifestObjects,
  type PauseMode,
  startKubeSim,
} from "./start-kube-sim.ts";
