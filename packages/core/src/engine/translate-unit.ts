import { type DialectName, type MeshFact, type ResourceKey, resourceKey } from "@heddle/api";
import { type EffectiveConnection, effectiveConnection } from "../policy/effective-connection.ts";
import type { FieldConflict } from "../policy/effective-traffic.ts";
import { virtualBackends } from "../policy/virtual-backends.ts";
import { type Translation, TranslationBuilder, type UnitFinding } from "../translation/contribution.ts";
import type { Dialect, UnitContext } from "../translation/dialect.ts";
import { type Bearing, bearingOnDestination, ofKind } from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import { egressGatewayOf } from "../world/egress-gateway.ts";
import { externalServicesOf, namespacesOfNamed, visibleNamed } from "../world/named-destination.ts";
import { resourceUnits } from "../world/resource-unit.ts";
import type { Policy } from "../world/target-index.ts";
import { localUnitId, type Unit } from "../world/unit.ts";
import type { World } from "../world/world.ts";
import { readKey, readKeyOfAll } from "./read-key.ts";
import { subjectOf } from "./subject-of.ts";
import type { VerdictCache } from "./verdict-cache.ts";

/** Everything that one unit gives, and what it looked at beside itself. */
export interface UnitOutcome extends Translation {
  /** Policies that bear on it, with the meshes they were translated for. */
  readonly bearings: readonly Bearing[];
  /** Resources that are no policies and shape it: the one that it is itself, and those whose defaults hold for it. */
  readonly own: readonly ResourceKey[];
  readonly meshes: readonly MeshFact[];
  readonly conflicts: readonly FieldConflict[];
  /** Read keys of the other units it asked for. */
  readonly reads: ReadonlySet<string>;
}

/** Effective policy and translation of one unit; undefined when nothing bears on it. */
export function translateUnit(
  world: World,
  dialects: ReadonlyMap<DialectName, Dialect>,
  verdicts: VerdictCache,
  unit: Unit,
): UnitOutcome | undefined {
  const cluster = world.clusters.get(unit.cluster);
  const subject = cluster && subjectOf(world, cluster, unit);
  if (cluster === undefined || subject === undefined) return undefined;
  if (subject.bearings.length === 0 && subject.own.length === 0) return undefined;
  const out = new TranslationBuilder(localUnitId(unit));
  const reads = new Set<string>();
  const conflicts: FieldConflict[] = [];
  for (const mesh of subject.meshes) {
    const dialect = dialects.get(mesh.dialect);
    if (dialect === undefined) continue;
    const heard = subject.bearings.filter(
      ({ key, policy }) => verdicts.inForce(world.versions(key), mesh) === policy,
    );
    for (const { key, policy } of subject.bearings)
      if (policy === world.resources.get(key) && verdicts.keptOut(policy, mesh))
        out.finding(keptOut(policy, verdicts.inForce(world.versions(key), mesh), mesh));
    if (heard.length === 0 && subject.own.length === 0) continue;
    const context: UnitContext = {
      cluster: unit.cluster,
      mesh,
      destination: (namespace, name) => {
        reads.add(readKey({ kind: "destination", namespace, name }));
        return cluster.destinations.get(`${namespace}/${name}`);
      },
      named: (kind, workspace, name) => {
        reads.add(readKey({ kind: resourceUnits[kind], namespace: workspace, name }));
        return visibleNamed(world, kind, workspace, name);
      },
      splitOf: (destination) => virtualBackends(world, cluster, mesh, destination).split,
      externalServices: (namespace) => {
        reads.add(readKeyOfAll("external"));
        return externalServicesOf(world, unit.cluster, namespace);
      },
      egressGateway: (workspace, name) => {
        reads.add(readKey({ kind: "gateway", namespace: workspace, name }));
        return egressGatewayOf(world, cluster, mesh.name, workspace, name);
      },
      namespacesOf: (named) => namespacesOfNamed(world, unit.cluster, named),
      mayCall: (workspace, destination) =>
        world.ownership.standing(workspace, unit.cluster, destination) !== "none",
      connection: (namespace, name) => {
        reads.add(readKey({ kind: "destination", namespace, name }));
        return connectionOf(world, cluster, mesh, namespace, name);
      },
      unsupported: (resource, path) => {
        const inForce = verdicts.inForce(world.versions(resource), mesh);
        return verdicts.unsupported(inForce ?? world.resources.get(resource), mesh, path);
      },
    };
    conflicts.push(...subject.translate({ dialect, heard, context, reads }, out));
  }
  const { contributions, verdicts: told, findings } = out;
  return {
    contributions,
    verdicts: told,
    findings,
    bearings: subject.bearings,
    own: subject.own,
    meshes: subject.meshes,
    conflicts,
    reads,
  };
}

/** That the newest generation is not applied in a mesh, and which one is instead. */
function keptOut(newest: Policy, inForce: Policy | undefined, mesh: MeshFact): UnitFinding {
  const at = { resource: resourceKey(newest), path: "spec.onUnsupported" };
  const why = `mesh ${mesh.name} cannot express all of generation ${newest.metadata.generation}`;
  const remedy = "remove the fields that the verdicts name, or set onUnsupported: warn";
  return inForce === undefined
    ? { ...at, code: "REJECTED_BY_AUTHOR", reason: `${why}, so nothing of it is applied there`, remedy }
    : {
        ...at,
        code: "LAST_GOOD_IN_FORCE",
        reason: `${why}, so generation ${inForce.metadata.generation} stays in force there`,
        remedy,
      };
}

function connectionOf(
  world: World,
  cluster: ClusterWorld,
  mesh: MeshFact,
  namespace: string,
  name: string,
): EffectiveConnection | undefined {
  const destination = cluster.destinations.get(`${namespace}/${name}`);
  if (destination === undefined) return undefined;
  const meshes = cluster.meshesOf(cluster.workloadsOf(destination));
  const bearings = bearingOnDestination(world, cluster, destination, meshes);
  return effectiveConnection(world, cluster, mesh, ofKind(bearings, "ConnectionPolicy"));
}

/** The resources a unit's objects may come from; used to index units by resource. */
export function resourcesOf(outcome: UnitOutcome): Set<ResourceKey> {
  return new Set([...outcome.own, ...outcome.bearings.map(({ key }) => key)]);
}
