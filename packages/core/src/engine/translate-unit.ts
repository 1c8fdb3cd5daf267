import type { DialectName, MeshFact, ResourceKey } from "@heddle/api";
import { effectiveAccess } from "../policy/effective-access.ts";
import { effectiveAuthentication } from "../policy/effective-authentication.ts";
import { effectiveTraffic, type FieldConflict } from "../policy/effective-traffic.ts";
import { TranslationBuilder } from "../translation/contribution.ts";
import type { Dialect, UnitContext } from "../translation/dialect.ts";
import {
  type Bearing,
  bearingOnDestination,
  bearingOnMesh,
  bearingOnNamespace,
  bearingOnWorkload,
} from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import type { Policy } from "../world/target-index.ts";
import { localUnitId, type Unit } from "../world/unit.ts";
import type { World } from "../world/world.ts";
import type { VerdictCache } from "./verdict-cache.ts";

/** Everything that one unit gives, and what it looked at beside itself. */
export interface UnitOutcome extends Pick<TranslationBuilder, "contributions" | "verdicts" | "findings"> {
  /** Policies that bear on it, with the meshes they were translated for. */
  readonly bearings: readonly Bearing[];
  readonly meshes: readonly MeshFact[];
  readonly conflicts: readonly FieldConflict[];
  /** Keys `namespace/name` of other destinations it asked for. */
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
  if (cluster === undefined || subject === undefined || subject.bearings.length === 0) return undefined;
  const out = new TranslationBuilder(localUnitId(unit));
  const reads = new Set<string>();
  const conflicts: FieldConflict[] = [];
  for (const mesh of subject.meshes) {
    const dialect = dialects.get(mesh.dialect);
    if (dialect === undefined) continue;
    const heard = subject.bearings.filter(({ policy }) => !verdicts.keptOut(policy, mesh));
    if (heard.length === 0) continue;
    const context: UnitContext = {
      cluster: unit.cluster,
      mesh,
      destination: (namespace, name) => {
        reads.add(`${namespace}/${name}`);
        return cluster.destinations.get(`${namespace}/${name}`);
      },
      unsupported: (resource, path) => verdicts.unsupported(world.resources.get(resource), mesh, path),
    };
    conflicts.push(...subject.translate(dialect, heard, context, out));
  }
  const { contributions, verdicts: told, findings } = out;
  return {
    contributions,
    verdicts: told,
    findings,
    bearings: subject.bearings,
    meshes: subject.meshes,
    conflicts,
    reads,
  };
}

interface Subject {
  readonly meshes: readonly MeshFact[];
  readonly bearings: readonly Bearing[];
  translate(
    dialect: Dialect,
    heard: readonly Bearing[],
    context: UnitContext,
    out: TranslationBuilder,
  ): readonly FieldConflict[];
}

function subjectOf(world: World, cluster: ClusterWorld, unit: Unit): Subject | undefined {
  switch (unit.kind) {
    case "destination": {
      const destination = cluster.destinations.get(`${unit.namespace}/${unit.name}`);
      if (destination === undefined) return undefined;
      const workloads = cluster.workloadsOf(destination);
      const meshes = cluster.meshesOf(workloads);
      const bearings = bearingOnDestination(world, cluster, destination, meshes);
      return {
        meshes,
        bearings,
        translate(dialect, heard, context, out) {
          const traffic = effectiveTraffic(world, cluster, context.mesh, ofKind(heard, "TrafficPolicy"));
          const security = securityOf(heard);
          dialect.translate.destination?.({ destination, workloads, traffic, ...security }, context, out);
          return [...(traffic?.conflicts ?? []), ...(security.authentication?.conflicts ?? [])];
        },
      };
    }
    case "workload": {
      const dot = unit.name.indexOf(".");
      const workload = [...cluster.workloadsByNamespace.get(unit.namespace)].find(
        (candidate) =>
          candidate.workloadKind === unit.name.slice(0, dot) && candidate.name === unit.name.slice(dot + 1),
      );
      if (workload === undefined) return undefined;
      const meshes = cluster.meshesOf([workload]);
      const bearings = bearingOnWorkload(world, cluster, workload, meshes);
      return secured(meshes, bearings, (dialect, security, context, out) =>
        dialect.translate.workload?.({ workload, ...security }, context, out),
      );
    }
    case "namespace": {
      if (!cluster.namespaces.has(unit.namespace)) return undefined;
      const meshes = cluster.meshesOf(cluster.workloadsByNamespace.get(unit.namespace));
      const bearings = bearingOnNamespace(world, cluster, unit.namespace, meshes);
      return secured(meshes, bearings, (dialect, security, context, out) =>
        dialect.translate.namespace?.({ namespace: unit.namespace, ...security }, context, out),
      );
    }
    case "mesh": {
      const mesh = cluster.meshes.get(unit.name);
      if (mesh === undefined) return undefined;
      return secured([mesh], bearingOnMesh(world, cluster, mesh), (dialect, security, context, out) =>
        dialect.translate.mesh?.(security, context, out),
      );
    }
  }
}

type Security = ReturnType<typeof securityOf>;

function secured(
  meshes: readonly MeshFact[],
  all: readonly Bearing[],
  translate: (dialect: Dialect, security: Security, context: UnitContext, out: TranslationBuilder) => void,
): Subject {
  return {
    meshes,
    bearings: all.filter(({ policy }) => policy.kind !== "TrafficPolicy"),
    translate(dialect, heard, context, out) {
      const security = securityOf(heard);
      translate(dialect, security, context, out);
      return security.authentication?.conflicts ?? [];
    },
  };
}

function securityOf(heard: readonly Bearing[]) {
  return {
    access: effectiveAccess(ofKind(heard, "AccessPolicy")),
    authentication: effectiveAuthentication(ofKind(heard, "AuthenticationPolicy")),
  };
}

/** The bearings of policies of one kind. */
export function ofKind<K extends Policy["kind"]>(
  bearings: readonly Bearing[],
  kind: K,
): Bearing<Extract<Policy, { kind: K }>>[] {
  return bearings.filter(
    (bearing): bearing is Bearing<Extract<Policy, { kind: K }>> => bearing.policy.kind === kind,
  );
}

/** The resources a unit's objects may come from; used to index units by resource. */
export function resourcesOf(outcome: UnitOutcome): Set<ResourceKey> {
  return new Set(outcome.bearings.map((bearing) => bearing.key));
}
