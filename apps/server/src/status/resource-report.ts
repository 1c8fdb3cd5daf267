import type { ObjectProblem, ObjectRef, Resource, ResourceKey } from "@heddle/api";
import { findingCatalogue, resourceKey } from "@heddle/api";
import { isPolicy, type Provenance, type VerdictLevel } from "@heddle/core";
import type { Fleet } from "../fleet/fleet.ts";
import type { ReportBoard } from "./report-board.ts";

export type ClusterState = "programmed" | "partiallyProgrammed" | "pending" | "overridden" | "failed";

export interface ObjectReport {
  readonly object: ObjectRef;
  readonly state: "applied" | "pending" | "failed";
  readonly problem?: ObjectProblem;
}

export interface FieldReport {
  readonly path: string;
  readonly level: VerdictLevel;
  readonly how: string;
}

/** How one resource stands in one cluster: its objects there, and how each field landed. */
export interface ClusterReport {
  readonly cluster: string;
  readonly state: ClusterState;
  readonly objects: readonly ObjectReport[];
  /** Every field, native ones too. */
  readonly fields: readonly FieldReport[];
  readonly findings: readonly {
    readonly code: string;
    readonly path: string;
    readonly reason: string;
    readonly remedy: string;
  }[];
  readonly conflicts: readonly { readonly path: string; readonly with: ResourceKey }[];
  /** RFC 3339; when the newest of its bundles was reported. */
  readonly reportedAt: string | undefined;
}

/** What a resource came to in each cluster it concerns, by cluster name. Computed from the engine's output and the agents' reports. */
export function resourceReport(
  fleet: Pick<Fleet, "engine">,
  board: Pick<ReportBoard, "get">,
  resource: Resource,
): ClusterReport[] {
  const key = resourceKey(resource);
  const isOwn = (from: Provenance) => from.resource === key;
  const byCluster = Map.groupBy(fleet.engine.unitsOf(key), ({ unit }) => unit.cluster);
  return [...byCluster]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([cluster, units]) => {
      const output = fleet.engine.output(cluster);
      const written = new Set<ObjectRef>();
      const homes = new Map<ObjectRef, string>();
      const fields = new Map<string, FieldReport>();
      const findings = new Map<string, ClusterReport["findings"][number]>();
      const conflicts = new Map<string, ClusterReport["conflicts"][number]>();
      for (const { outcome } of units) {
        for (const mesh of outcome.meshes)
          for (const { path, level, how } of fleet.engine.verdicts(resource, mesh))
            worse(fields, { path, level, how });
        for (const { resource: of, path, level, how } of outcome.verdicts)
          if (of === key) worse(fields, { path, level, how });
        for (const { resource: of, ...finding } of outcome.findings)
          if (of === key) findings.set(`${finding.code} ${finding.path}`, finding);
        for (const { winner, loser } of outcome.conflicts) {
          if (loser.resource === key) conflicts.set(loser.path, { path: loser.path, with: winner.resource });
          if (winner.resource === key)
            conflicts.set(winner.path, { path: winner.path, with: loser.resource });
        }
        for (const { object, from } of outcome.contributions) if (from.some(isOwn)) written.add(object);
      }
      for (const object of written) {
        const delivered = output?.delivered(object);
        if (delivered?.object.from.some(isOwn)) homes.set(delivered.object.ref, delivered.home);
        for (const { winner, loser } of delivered?.object.conflicts ?? [])
          for (const { path } of [...winner, ...loser].filter(isOwn)) {
            const other = (winner.some(isOwn) ? loser : winner).find((from) => !isOwn(from));
            if (other !== undefined) conflicts.set(path, { path, with: other.resource });
          }
      }
      const objects = [...homes]
        .sort()
        .map(([object, home]) => objectReport(fleet, board, cluster, object, home));
      const reported = [...new Set(homes.values())]
        .flatMap((home) => board.get(cluster, home)?.reportedAt ?? [])
        .sort();
      const list = [...fields.values()];
      if (list.length === 0) findings.set("NO_MESH", noMesh(cluster, resource));
      return {
        cluster,
        state: stateOf(objects, list, written.size - homes.size, withoutObjects[resource.kind]),
        objects,
        fields: list,
        findings: [...findings.values()],
        conflicts: [...conflicts.values()],
        reportedAt: reported.at(-1),
      };
    });
}

const badness: Readonly<Record<VerdictLevel, number>> = { native: 0, approximated: 1, unsupported: 2 };

/** Of several verdicts on one field (several meshes or units in a cluster) the worst is told. */
function worse(fields: Map<string, FieldReport>, next: FieldReport): void {
  const known = fields.get(next.path);
  if (known === undefined || badness[next.level] > badness[known.level]) fields.set(next.path, next);
}

function objectReport(
  fleet: Pick<Fleet, "engine">,
  board: Pick<ReportBoard, "get">,
  cluster: string,
  object: ObjectRef,
  home: string,
): ObjectReport {
  const report = board.get(cluster, home);
  if (report === undefined || report.hash !== fleet.engine.bundles(cluster).get(home)?.hash)
    return { object, state: "pending" };
  const problem = report.problems.find((candidate) => candidate.object === object);
  return problem === undefined ? { object, state: "applied" } : { object, state: "failed", problem };
}

function noMesh(cluster: string, resource: Resource): ClusterReport["findings"][number] {
  const { remedy } = findingCatalogue.NO_MESH;
  return isPolicy(resource)
    ? {
        code: "NO_MESH",
        path: "spec.targets",
        reason: `no mesh that Heddle translates for runs the proxies of its targets in ${cluster}`,
        remedy,
      }
    : { code: "NO_MESH", path: "spec", reason: `${cluster} has no mesh that Heddle translates for`, remedy };
}

/**
 * What it means that nothing of a resource is written although a mesh can say all of it, by kind: of policies about calls that others say
 * it all; of what is called or served itself that something it names is missing. Other kinds may come to nothing and hold all the same.
 */
const withoutObjects: Readonly<Partial<Record<Resource["kind"], ClusterState>>> = {
  TrafficPolicy: "overridden",
  ConnectionPolicy: "overridden",
  VirtualDestination: "failed",
  Gateway: "failed",
  RouteTable: "failed",
  ExternalWorkload: "failed",
};

/** `lost` counts objects of which another resource's version is written instead; `none` is the state where nothing is written at all. */
function stateOf(
  objects: readonly ObjectReport[],
  fields: readonly FieldReport[],
  lost: number,
  none: ClusterState = "programmed",
): ClusterState {
  if (objects.some(({ state }) => state === "failed"))
    return objects.some(({ state }) => state === "applied") ? "partiallyProgrammed" : "failed";
  if (objects.some(({ state }) => state === "pending")) return "pending";
  const unsupported = fields.some(({ level }) => level === "unsupported");
  if (unsupported) return objects.length === 0 ? "failed" : "partiallyProgrammed";
  if (fields.length === 0) return "failed";
  if (objects.length > 0) return lost > 0 ? "partiallyProgrammed" : "programmed";
  return lost > 0 ? "overridden" : none;
}
