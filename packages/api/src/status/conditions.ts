import { z } from "zod";

/** `Accepted`: the resource is valid and counts. `Programmed`: the clusters have what it says. */
export const conditionTypes = ["Accepted", "Programmed"] as const;
export type ConditionType = (typeof conditionTypes)[number];

/**
 * Reasons by type, from good to bad. `Overridden`: others rank above it everywhere, so nothing of it is programmed. While `Programmed` is not
 * known (no cluster has answered) its status is `Unknown` and its reason `Pending`.
 */
export const conditionReasons = {
  Accepted: ["Accepted", "Invalid", "Conflicted", "TargetNotFound"],
  Programmed: ["Programmed", "PartiallyProgrammed", "Pending", "Overridden", "Failed"],
} as const satisfies Record<ConditionType, readonly string[]>;
export type ConditionReason<T extends ConditionType = ConditionType> = (typeof conditionReasons)[T][number];

export const conditionStatuses = ["True", "False", "Unknown"] as const;
export type ConditionStatus = (typeof conditionStatuses)[number];

/** What is observed of a resource: a condition that does not know since when. */
export type ObservedCondition = {
  [T in ConditionType]: {
    readonly type: T;
    readonly status: ConditionStatus;
    readonly reason: ConditionReason<T>;
    readonly message: string;
    /** Generation of the resource that was looked at. */
    readonly observedGeneration: number;
  };
}[ConditionType];

/** A condition as Kubernetes has it: since when the status is what it is. */
export type Condition = ObservedCondition & {
  /** RFC 3339; when `status` last changed, not when the condition was last written. */
  readonly lastTransitionTime: string;
};

export const condition = z.strictObject({
  type: z.enum(conditionTypes).describe("What is judged."),
  status: z.enum(conditionStatuses).describe("Whether it holds."),
  reason: z
    .enum([...new Set([...conditionReasons.Accepted, ...conditionReasons.Programmed])])
    .describe("Why, in one word."),
  message: z.string().max(32_768).describe("Why, for people."),
  observedGeneration: z.int().min(0).describe("Generation of the resource that was looked at."),
  lastTransitionTime: z.string().describe("When the status last changed (RFC 3339)."),
});

/** How many clusters stand how; a cluster is counted once. */
export const clusterCounts = z.strictObject({
  total: z.int().min(0).describe("Clusters that it concerns."),
  programmed: z.int().min(0).describe("Clusters that have all of it."),
  partiallyProgrammed: z.int().min(0).describe("Clusters that have a part of it."),
  pending: z.int().min(0).describe("Clusters that have not answered yet."),
  overridden: z
    .int()
    .min(0)
    .describe("Clusters where others that rank above it say everything that it says."),
  failed: z.int().min(0).describe("Clusters that could not apply it."),
});
export type ClusterCounts = z.output<typeof clusterCounts>;

/** The status that every resource has. The report of every cluster, object and field is a query of its own. */
export const resourceStatus = z.strictObject({
  observedGeneration: z.int().min(0).describe("Generation of the resource that was looked at."),
  conditions: z.array(condition).describe("Whether it is accepted and programmed."),
  clusters: clusterCounts.exactOptional().describe("How many clusters stand how."),
});
export interface ResourceStatus {
  readonly observedGeneration: number;
  readonly conditions: readonly Condition[];
  readonly clusters?: ClusterCounts;
}

/**
 * The conditions after an observation at `now` (RFC 3339): one of each type, in a fixed order. `lastTransitionTime` is kept while the status
 * stays the same; types that were not observed stay as they were.
 */
export function transition(
  before: readonly Condition[],
  observed: readonly ObservedCondition[],
  now: string,
): readonly Condition[] {
  return conditionTypes.flatMap((type): Condition[] => {
    const old = before.find((one) => one.type === type);
    const seen = observed.findLast((one) => one.type === type);
    if (seen === undefined) return old === undefined ? [] : [old];
    const since = old?.status === seen.status ? old.lastTransitionTime : now;
    return [{ ...seen, lastTransitionTime: since }];
  });
}

/** `Programmed` as the counts of clusters say it. */
export function programmedCondition(counts: ClusterCounts, observedGeneration: number): ObservedCondition {
  const { total, programmed, partiallyProgrammed, pending, overridden, failed } = counts;
  const said = (status: ConditionStatus, reason: ConditionReason<"Programmed">, message: string) =>
    ({ type: "Programmed", status, reason, message, observedGeneration }) as const;
  if (total === 0) return said("Unknown", "Pending", "no cluster is concerned yet");
  if (programmed === total) return said("True", "Programmed", `${total} of ${total} clusters have it`);
  if (failed === total) return said("False", "Failed", `none of ${total} clusters could apply it`);
  if (overridden === total)
    return said("False", "Overridden", `in all ${total} clusters others that rank above it say what it says`);
  if (pending === total) return said("Unknown", "Pending", `${total} clusters have not answered yet`);
  const rest = [
    [partiallyProgrammed, "have a part of it"],
    [pending, "have not answered yet"],
    [overridden, "follow others that rank above it"],
    [failed, "could not apply it"],
  ]
    .flatMap(([count, text]) => (count === 0 ? [] : `${count} ${text}`))
    .join(", ");
  return said("False", "PartiallyProgrammed", `${programmed} of ${total} clusters have it; ${rest}`);
}
