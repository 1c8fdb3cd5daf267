export { meshAvailability } from "./mesh/istio/mesh-availability.ts";
export { type Change, measurePropagation } from "./mesh/measure-propagation.ts";
export * from "./testbed/index.ts";
