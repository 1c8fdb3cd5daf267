import type { DestinationFact, MeshFact, ResourceKey, WorkloadFact } from "@heddle/api";
import { effectiveAccess } from "../policy/effective-access.ts";
import { effectiveAuthentication, type LevelledMode } from "../policy/effective-authentication.ts";
import { effectiveConnection } from "../policy/effective-connection.ts";
import { effectiveEgress } from "../policy/effective-egress.ts";
import { effectiveTraffic, type FieldConflict } from "../policy/effective-traffic.ts";
import { defaultsOf } from "../policy/unit-defaults.ts";
import type { TranslationBuilder } from "../translation/contribution.ts";
import type { ClientUnit, Dialect, SecurityUnit, UnitContext } from "../translation/dialect.ts";
import {
  type Bearing,
  bearingOnDestination,
  bearingOnExternal,
  bearingOnMesh,
  bearingOnNamespace,
  bearingOnWorkload,
  ofKind,
} from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import { namespacesOfExternal } from "../world/external-service.ts";
import type { Policy } from "../world/target-index.ts";
import type { Unit } from "../world/unit.ts";
import type { World } from "../world/world.ts";
import { type Neighbour, neighboursOfDestination, neighboursOfWorkload, rivalsIn } from "./neighbours.ts";
import { rawSubject } from "./raw-subject.ts";

/** One translation of a unit into one mesh. */
export interface Translating {
  readonly dialect: Dialect;
  readonly heard: readonly Bearing[];
  readonly context: UnitContext;
  /** Read keys of the units that were looked at beside this one. */
  readonly reads: Set<string>;
}

/** What a unit is about: where it is, what bears on it, and how it is told to a dialect. */
export interface Subject {
  readonly own: readonly ResourceKey[];
  readonly meshes: readonly MeshFact[];
  readonly bearings: readonly Bearing[];
  translate(translating: Translating, out: TranslationBuilder): readonly FieldConflict[];
}

/** Undefined when what the unit is about does not exist. */
export function subjectOf(world: World, cluster: ClusterWorld, unit: Unit): Subject | undefined {
  switch (unit.kind) {
    case "destination": {
      const destination = cluster.destinations.get(`${unit.namespace}/${unit.name}`);
      return destination && destinationSubject(world, cluster, destination);
    }
    case "external":
      return externalSubject(world, cluster, unit);
    case "raw":
      return rawSubject(world, cluster, unit);
    case "workload": {
      const workload = cluster.workload(unit.namespace, unit.name);
      if (workload === undefined) return undefined;
      const meshes = cluster.meshesOf([workload]);
      return client(
        {
          world,
          cluster,
          meshes,
          bearings: bearingOnWorkload(world, cluster, workload, meshes),
          neighbours: (mesh) => neighboursOfWorkload(world, cluster, workload, mesh),
        },
        (dialect, said, context, out) => dialect.translate.workload?.({ workload, ...said }, context, out),
      );
    }
    case "namespace": {
      const { namespace } = unit;
      if (!cluster.namespaces.has(namespace)) return undefined;
      const meshes = cluster.meshesOf(cluster.workloadsByNamespace.get(namespace));
      return client(
        {
          world,
          cluster,
          meshes,
          bearings: bearingOnNamespace(world, cluster, namespace, meshes),
          defaultsIn: namespace,
        },
        (dialect, said, context, out) => dialect.translate.namespace?.({ namespace, ...said }, context, out),
      );
    }
    case "mesh": {
      const mesh = cluster.meshes.get(unit.name);
      if (mesh === undefined) return undefined;
      return client(
        { world, cluster, meshes: [mesh], bearings: bearingOnMesh(world, cluster, mesh), wholeMesh: true },
        (dialect, said, context, out) => dialect.translate.mesh?.(said, context, out),
      );
    }
  }
}

function destinationSubject(world: World, cluster: ClusterWorld, destination: DestinationFact): Subject {
  const workloads: readonly WorkloadFact[] = cluster.workloadsOf(destination);
  const meshes = cluster.meshesOf(workloads);
  const name = cluster.cluster.name;
  const { namespace } = destination;
  return {
    own: meshes.flatMap((mesh) => defaultsOf(world, name, namespace, mesh).from),
    meshes,
    bearings: bearingOnDestination(world, cluster, destination, meshes),
    translate({ dialect, heard, context, reads }, out) {
      const called = calledOf(world, cluster, heard, context, out);
      const { denied, mtls } = defaultsOf(world, name, namespace, context.mesh);
      const guarded = denied ?? mtls ?? heard.find(({ policy }) => aboutSecurity.has(policy.kind));
      const neighbours = guarded
        ? neighboursOfDestination(world, cluster, destination, workloads, context.mesh)
        : [];
      const security: SecurityUnit = {
        rivals: rivalsIn(neighbours),
        access: effectiveAccess(ofKind(heard, "AccessPolicy"), denied),
        authentication: effectiveAuthentication(ofKind(heard, "AuthenticationPolicy"), {
          elsewhere: modesOf(neighbours, reads),
          ...(mtls && { fallback: mtls }),
        }),
      };
      dialect.translate.destination?.({ destination, workloads, ...called, ...security }, context, out);
      return conflictsOf(called.traffic, called.connection, security.authentication);
    },
  };
}

function externalSubject(world: World, cluster: ClusterWorld, unit: Unit): Subject | undefined {
  const key: ResourceKey = `ExternalService/${unit.namespace}/${unit.name}`;
  const service = world.resources.get(key);
  if (service?.kind !== "ExternalService") return undefined;
  if (cluster.meshes.size === 0) return undefined;
  const namespaces = namespacesOfExternal(world, unit.cluster, service);
  return {
    own: [key],
    meshes: [...cluster.meshes.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    bearings: bearingOnExternal(world, cluster, service),
    translate({ dialect, heard, context }, out) {
      const called = calledOf(world, cluster, heard, context, out);
      dialect.translate.external?.({ service, namespaces, ...called }, context, out);
      return conflictsOf(called.traffic, called.connection);
    },
  };
}

interface ClientSubject {
  readonly world: World;
  readonly cluster: ClusterWorld;
  readonly meshes: readonly MeshFact[];
  readonly bearings: readonly Bearing[];
  /** Namespace whose default of access is said here. */
  readonly defaultsIn?: string;
  /** Whether the mesh's default of mTLS is said here. */
  readonly wholeMesh?: boolean;
  readonly neighbours?: (mesh: MeshFact) => readonly Neighbour[];
}

/** Kinds that are about what is called; they say nothing about workloads, namespaces and meshes by themselves. */
const aboutCalls: ReadonlySet<Policy["kind"]> = new Set(["TrafficPolicy", "ConnectionPolicy"]);

/** Kinds that are enforced at pods, together with what is said for the same pods elsewhere. */
const aboutSecurity: ReadonlySet<Policy["kind"]> = new Set(["AccessPolicy", "AuthenticationPolicy"]);

function client(
  { world, cluster, meshes, bearings, defaultsIn, wholeMesh, neighbours }: ClientSubject,
  translate: (dialect: Dialect, said: ClientUnit, context: UnitContext, out: TranslationBuilder) => void,
): Subject {
  const defaults = (mesh: MeshFact) => {
    const { denied, mtls } = defaultsOf(world, cluster.cluster.name, defaultsIn, mesh);
    return { ...(defaultsIn !== undefined && { denied }), ...(wholeMesh && { mtls }) };
  };
  return {
    own: meshes.flatMap((mesh) =>
      Object.values(defaults(mesh)).flatMap((value) => value?.from.resource ?? []),
    ),
    meshes,
    bearings: bearings.filter(({ policy }) => !aboutCalls.has(policy.kind)),
    translate({ dialect, heard, context, reads }, out) {
      const { denied, mtls } = defaults(context.mesh);
      const guarded = heard.some(({ policy }) => aboutSecurity.has(policy.kind));
      const sharing = guarded ? (neighbours?.(context.mesh) ?? []) : [];
      const said: ClientUnit = {
        rivals: rivalsIn(sharing),
        access: effectiveAccess(ofKind(heard, "AccessPolicy"), denied),
        authentication: effectiveAuthentication(ofKind(heard, "AuthenticationPolicy"), {
          elsewhere: modesOf(sharing, reads),
          ...(mtls && { fallback: mtls }),
        }),
        egress: effectiveEgress(ofKind(heard, "EgressPolicy")),
      };
      translate(dialect, said, context, out);
      return conflictsOf(said.authentication, said.egress);
    },
  };
}

function modesOf(neighbours: readonly Neighbour[], reads: Set<string>): LevelledMode[] {
  for (const { read } of neighbours) reads.add(read);
  return neighbours.flatMap(({ mode }) => mode ?? []);
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
