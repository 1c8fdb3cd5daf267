import type { Resource, ResourceKey } from "@heddle/api";
import type { Unit } from "./unit.ts";

/** Kinds of resources that are units of their own in every cluster, with the kind of unit that each is. */
export const resourceUnits = {
  ExternalService: "external",
  VirtualDestination: "virtual",
  Gateway: "gateway",
  RouteTable: "routes",
  ExternalWorkload: "machine",
  RawConfig: "raw",
} as const;
export type UnitResourceKind = keyof typeof resourceUnits;
export type UnitResource = Extract<Resource, { kind: UnitResourceKind }>;
export type ResourceUnitKind = (typeof resourceUnits)[UnitResourceKind];

export const unitResourceKinds = Object.keys(resourceUnits) as readonly UnitResourceKind[];

export function isUnitResource(resource: Resource): resource is UnitResource {
  return resource.kind in resourceUnits;
}

/** The unit that a resource is in a cluster. */
export function unitOf(cluster: string, { kind, metadata }: UnitResource): Unit {
  return { cluster, kind: resourceUnits[kind], namespace: metadata.workspace, name: metadata.name };
}

/** The key of the resource that a unit is. */
export function keyOfUnit<K extends UnitResourceKind>(kind: K, { namespace, name }: Unit): ResourceKey {
  return `${kind}/${namespace}/${name}`;
}
