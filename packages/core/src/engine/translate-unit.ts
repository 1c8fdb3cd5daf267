import type { DialectName, MeshFact, ResourceKey } from "@heddle/api";
import { effectiveAccess } from "../policy/effective-access.ts";
import { effectiveAuthentication } from "../policy/effective-authentication.ts";
import { type EffectiveConnection, effectiveConnection } from "../policy/effective-connection.ts";
import { effectiveEgress } from "../policy/effective-egress.ts";
import { effectiveTraffic, type FieldConflict } from "../policy/effective-traffic.ts";
import { TranslationBuilder } from "../translation/contribution.ts";
import type { ClientUnit, Dialect, UnitContext } from "../translation/dialect.ts";
import {
  type Bearing,
  bearingOnDestination,
  bearingOnExternal,
  bearingOnMesh,
  bearingOnNamespace,
  bearingOnWorkload,
} from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import { namespacesOfExternal, visibleExternal } from "../world/external-service.ts";
import type { Policy } from "../world/target-index.ts";
import { localUnitId, type Unit } from "../world/unit.ts";
import type { World } from "../world/world.ts";
import type { VerdictCache } from "./verdict-cache.ts";

/** Everything that one unit gives, and what it looked at beside itself. */
export interface UnitOutcome extends Pick<TranslationBuilder, "contributions" | "verdicts" | "findings"> {
  /** Policies that bear on it, with the meshes they were translated for. */
  readonly bearings: readonly Bearing[];
  /** The resource that the unit itself is, if it is one. */
  readonly own: ResourceKey | undefined;
  readonly meshes: readonly MeshFact[];
  readonly conflicts: readonly FieldConflict[];
  /** Read keys of the other units it asked for. */
  readonly reads: ReadonlySet<string>;
}

/** What a unit is asked for by. An external service is found by its name alone: which one is meant depends on who asks. */
export function readKey({ kind, namespace, name }: Omit<Unit, "cluster">): string {
  return localUnitId({ kind, namespace: kind === "external" ? "*" : namespace, name });
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
  if (subject.bearings.length === 0 && subject.own === undefined) return undefined;
  const out = new TranslationBuilder(localUnitId(unit));
  const reads = new Set<string>();
  const conflicts: FieldConflict[] = [];
  for (const mesh of subject.meshes) {
    const dialect = dialects.get(mesh.dialect);
    if (dialect === undefined) continue;
    const heard = subject.bearings.filter(({ policy }) => !verdicts.keptOut(policy, mesh));
    if (heard.length === 0 && subject.own === undefined) continue;
    const context: UnitContext = {
      cluster: unit.cluster,
      mesh,
      destination: (namespace, name) => {
        reads.add(readKey({ kind: "destination", namespace, name }));
        return cluster.destinations.get(`${namespace}/${name}`);
      },
      external: (workspace, name) => {
        reads.add(readKey({ kind: "external", namespace: workspace, name }));
        return visibleExternal(world, workspace, name);
      },
      connection: (namespace, name) => {
        reads.add(readKey({ kind: "destination", namespace, name }));
        return connectionOf(world, cluster, mesh, namespace, name);
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
    own: subject.own,
    meshes: subject.meshes,
    conflicts,
    reads,
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

interface Subject {
  readonly own?: ResourceKey;
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
          const called = calledOf(world, cluster, heard, context, out);
          const security = securityOf(heard);
          dialect.translate.destination?.({ destination, workloads, ...called, ...security }, context, out);
          return conflictsOf(called.traffic, called.connection, security.authentication);
        },
      };
    }
    case "external": {
      const key: ResourceKey = `ExternalService/${unit.namespace}/${unit.name}`;
      const service = world.resources.get(key);
      if (service?.kind !== "ExternalService") return undefined;
      const namespaces = namespacesOfExternal(world, unit.cluster, service);
      return {
        own: key,
        meshes: [...cluster.meshes.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
        bearings: bearingOnExternal(world, cluster, service),
        translate(dialect, heard, context, out) {
          const called = calledOf(world, cluster, heard, context, out);
          dialect.translate.external?.({ service, namespaces, ...called }, context, out);
          return conflictsOf(called.traffic, called.connection);
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
      return client(meshes, bearings, (dialect, said, context, out) =>
        dialect.translate.workload?.({ workload, ...said }, context, out),
      );
    }
    case "namespace": {
      if (!cluster.namespaces.has(unit.namespace)) return undefined;
      const meshes = cluster.meshesOf(cluster.workloadsByNamespace.get(unit.namespace));
      const bearings = bearingOnNamespace(world, cluster, unit.namespace, meshes);
      return client(meshes, bearings, (dialect, said, context, out) =>
        dialect.translate.namespace?.({ namespace: unit.namespace, ...said }, context, out),
      );
    }
    case "mesh": {
      const mesh = cluster.meshes.get(unit.name);
      if (mesh === undefined) return undefined;
      return client([mesh], bearingOnMesh(world, cluster, mesh), (dialect, said, context, out) =>
        dialect.translate.mesh?.(said, context, out),
      );
    }
  }
}

type Said = ReturnType<typeof securityOf> & Pick<ClientUnit, "egress">;

/** Kinds that are about what is called; they say nothing about workloads, namespaces and meshes by themselves. */
const aboutCalls: ReadonlySet<Policy["kind"]> = new Set(["TrafficPolicy", "ConnectionPolicy"]);

function client(
  meshes: readonly MeshFact[],
  all: readonly Bearing[],
  translate: (dialect: Dialect, said: Said, context: UnitContext, out: TranslationBuilder) => void,
): Subject {
  return {
    meshes,
    bearings: all.filter(({ policy }) => !aboutCalls.has(policy.kind)),
    translate(dialect, heard, context, out) {
      const said = { ...securityOf(heard), egress: effectiveEgress(ofKind(heard, "EgressPolicy")) };
      translate(dialect, said, context, out);
      return conflictsOf(said.authentication, said.egress);
    },
  };
}

/** What shapes the calls to a destination, with findings that hold for every dialect. */
function calledOf(
  world: World,
  cluster: ClusterWorld,
  heard: readonly Bearing[],
  { mesh }: UnitContext,
  out: TranslationBuilder,
) {
  const traffic = effectiveTraffic(world, cluster, mesh, ofKind(heard, "TrafficPolicy"));
  const connection = effectiveConnection(world, cluster, mesh, ofKind(heard, "ConnectionPolicy"));
  for (const from of traffic?.shadowed ?? [])
    out.finding({
      ...from,
      code: "SHADOWED_RULE",
      reason: "an earlier rule without match takes every request",
      remedy: "give the earlier rule a match, or name the target more narrowly here",
    });
  for (const from of connection?.refused ?? [])
    out.finding({
      ...from,
      code: "WORKSPACE_NOT_ALLOWED",
      reason: "only the workspace that owns the destination decides how connections to it are secured",
      remedy: "remove tls, or ask the owning workspace",
    });
  return { traffic, connection };
}

function conflictsOf(
  ...effective: readonly ({ readonly conflicts: readonly FieldConflict[] } | undefined)[]
): FieldConflict[] {
  return effective.flatMap((policy) => policy?.conflicts ?? []);
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
  return new Set([...(outcome.own ? [outcome.own] : []), ...outcome.bearings.map(({ key }) => key)]);
}
