import {
  type ClusterCounts,
  type Condition,
  programmedCondition,
  type Resource,
  type ResourceStatus,
} from "@heddle/api";
import { isPolicy, isTranslated } from "@heddle/core";
import type { Fleet } from "../fleet/fleet.ts";
import type { ReportBoard } from "./report-board.ts";
import { type ClusterReport, resourceReport } from "./resource-report.ts";

/** Conditions and counts of a resource (API, "Status"). Times are those of what was observed last, so nothing has to be kept for them. */
export function resourceStatus(fleet: Fleet, board: ReportBoard, resource: Resource): ResourceStatus {
  const { generation, creationTimestamp } = resource.metadata;
  const report = isTranslated(resource) ? resourceReport(fleet, board, resource) : [];
  const counts = countsOf(report);
  const seen = report.flatMap(({ reportedAt }) => reportedAt ?? []).sort();
  const accepted = {
    ...acceptedOf(fleet, resource, report),
    observedGeneration: generation,
    lastTransitionTime: creationTimestamp,
  };
  if (!isTranslated(resource)) return { observedGeneration: generation, conditions: [accepted] };
  const programmed: Condition = {
    ...programmedCondition(counts, generation),
    lastTransitionTime: seen.at(-1) ?? creationTimestamp,
  };
  return { observedGeneration: generation, conditions: [accepted, programmed], clusters: counts };
}

function countsOf(report: readonly ClusterReport[]): ClusterCounts {
  const counts = {
    total: report.length,
    programmed: 0,
    partiallyProgrammed: 0,
    pending: 0,
    overridden: 0,
    failed: 0,
  };
  for (const { state } of report) counts[state]++;
  return counts;
}

type Judgement<T extends Condition["type"]> = Pick<
  Extract<Condition, { type: T }>,
  "status" | "reason" | "message"
>;

function acceptedOf(
  fleet: Fleet,
  resource: Resource,
  report: readonly ClusterReport[],
): { readonly type: "Accepted" } & Judgement<"Accepted"> {
  const conflict = report.flatMap(({ cluster, conflicts }) =>
    conflicts.map((told) => ({ cluster, ...told })),
  )[0];
  if (conflict !== undefined)
    return {
      type: "Accepted",
      status: "True",
      reason: "Conflicted",
      message: `${conflict.path} says something else than ${conflict.with} in cluster ${conflict.cluster}; the one accepted first holds`,
    };
  if (isTranslated(resource) && report.length === 0 && fleet.engine.world.clusters.size > 0)
    return {
      type: "Accepted",
      status: "True",
      reason: "TargetNotFound",
      message: isPolicy(resource)
        ? "nothing in any cluster is selected by its targets"
        : (nowhere[resource.kind] ?? "no cluster has a mesh that it is for"),
    };
  return { type: "Accepted", status: "True", reason: "Accepted", message: "valid" };
}

/** Why resources that come to objects by themselves may come to none. */
const nowhere: Readonly<Partial<Record<Resource["kind"], string>>> = {
  Gateway: "no cluster has gateway workloads that it selects",
  RouteTable: "none of its gateways is in a cluster, and no table that is served delegates to it",
};
