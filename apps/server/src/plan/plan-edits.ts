import { type Plan, planChanges } from "@heddle/core";
import { type Editing, type EditResult, judgeEdits, type WantedEdits } from "../resources/edit-resources.ts";
import { type PlannedResource, plannedResources } from "./planned-resources.ts";

/** What edits would do, to the resources and to every cluster. */
export interface EditPlan {
  /** Revision of the inputs that it was computed from. */
  readonly revision: number;
  readonly resources: readonly PlannedResource[];
  /** With an error among them nothing else is told. */
  readonly findings: EditResult["findings"];
  readonly plan: Plan;
}

const nothing: Plan = { objects: [], verdicts: [], findings: [], conflicts: [], risks: [] };

/** Plans without writing; on the newest inputs there are. @throws ServerError FORBIDDEN, CONFLICT, BAD_REQUEST */
export async function planEdits(editing: Editing, wanted: WantedEdits): Promise<EditPlan> {
  const { fleet, store } = editing;
  await fleet.reached(await store.changes.revision());
  await fleet.settled;
  const { edits, findings } = judgeEdits(editing, wanted, { put: "plan", delete: "plan" });
  const { revision } = fleet;
  if (findings.some(({ severity }) => severity === "error"))
    return { revision, resources: [], findings, plan: nothing };
  const resources = plannedResources(fleet.resources, edits, new Date().toISOString());
  const changed = resources.filter(({ outcome }) => outcome !== "unchanged" && outcome !== "absent");
  const changes = fleet.changesOf(new Map(changed.map(({ key, after }) => [key, after ?? null])));
  return { revision, resources, findings, plan: planChanges(fleet.engine, changes) };
}
