export * from "./canonical-json.ts";
export * from "./engine/change.ts";
export type { ClusterDelta, ClusterOutput } from "./engine/cluster-output.ts";
export { Engine } from "./engine/engine.ts";
export type { UnitOutcome } from "./engine/translate-unit.ts";
export { explainObjects, type ObjectQuery } from "./explain/explain-object.ts";
export { explainResource, type ResourceEffects } from "./explain/explain-resource.ts";
export { explainDestination, explainUnit, explainWorkload } from "./explain/explain-unit.ts";
export * from "./explain/explanation.ts";
export { objectLabel } from "./plan/object-label.ts";
export * from "./plan/plan.ts";
export { planChanges } from "./plan/plan-changes.ts";
export { planIn } from "./plan/plan-in.ts";
export * from "./policy/client-class.ts";
export * from "./policy/effective-access.ts";
export * from "./policy/effective-authentication.ts";
export * from "./policy/effective-connection.ts";
export * from "./policy/effective-egress.ts";
export * from "./policy/effective-extension.ts";
export * from "./policy/effective-telemetry.ts";
export * from "./policy/effective-traffic.ts";
export * from "./policy/levelled.ts";
export { ownersOnly } from "./policy/owners-only.ts";
export { smallest } from "./policy/virtual-backends.ts";
export * from "./provenance.ts";
export * from "./selecting/host-patterns.ts";
export * from "./selecting/labels.ts";
export { inCluster, type TargetLevel } from "./selecting/target-match.ts";
export {
  type AssembledField,
  type AssembledObject,
  distinct,
  type ObjectConflict,
  resourcesAnnotation,
} from "./translation/assembly.ts";
export type { Bundle } from "./translation/bundle.ts";
export * from "./translation/capability.ts";
export * from "./translation/contribution.ts";
export * from "./translation/detector.ts";
export * from "./translation/dialect.ts";
export { atLeast } from "./translation/version.ts";
export type { ClusterWorld } from "./world/cluster-world.ts";
export type { EgressGateway } from "./world/egress-gateway.ts";
export type { GatewaySite } from "./world/gateway-site.ts";
export { fallbacksOf, isAllOrNothing, keptGenerations } from "./world/generations.ts";
export { listenerHosts, type RouteBinding, tellsHostsApart } from "./world/route-binding.ts";
export { isPolicy, isTranslated, type Policy } from "./world/target-index.ts";
export * from "./world/unit.ts";
export type { World } from "./world/world.ts";
