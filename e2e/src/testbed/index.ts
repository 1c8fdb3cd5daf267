export { testbedAvailability } from "./binaries.ts";
export { startCluster, type TestCluster, writeKubeconfig } from "./cluster.ts";
export {
  type CustomResourceDefinition,
  gatewayApiCrds,
  installCrds,
  istioCrds,
  linkerdCrds,
} from "./crds.ts";
export { MarkWatch } from "./mark-watch.ts";
export { waitUntil } from "./wait-until.ts";
