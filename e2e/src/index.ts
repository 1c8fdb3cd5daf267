export { type Change, measurePropagation } from "./mesh/measure-propagation.ts";
export { meshAvailability } from "./mesh/mesh-availability.ts";
export * from "./testbed/index.ts";
