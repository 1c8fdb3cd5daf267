import type { Engine } from "../engine/engine.ts";
import type { VerdictLevel } from "../translation/capability.ts";
import type { StagedObject } from "./object-changes.ts";
import { objectLabel } from "./object-label.ts";
import type { PlanConflict, PlanFinding, VerdictChange } from "./plan.ts";
import type { Stage } from "./rehearse.ts";

/** What is said about the touched units on one side: verdicts, findings and conflicts, each under a key of what it is about. */
export interface Judgements {
  readonly verdicts: Map<string, Omit<VerdictChange, "was">>;
  readonly findings: Map<string, PlanFinding>;
  readonly conflicts: Map<string, PlanConflict>;
}

const badness: Readonly<Record<VerdictLevel, number>> = { native: 0, approximated: 1, unsupported: 2 };

/** Several meshes or units of a cluster may differ: the worst is told, whatever order they come in. */
function worse(a: Omit<VerdictChange, "was">, b: Omit<VerdictChange, "was">): boolean {
  return badness[a.level] === badness[b.level] ? a.how < b.how : badness[a.level] > badness[b.level];
}

export function judgements(
  engine: Engine,
  { units }: Stage,
  objects: ReadonlyMap<string, StagedObject>,
): Judgements {
  const told: Judgements = { verdicts: new Map(), findings: new Map(), conflicts: new Map() };
  const judged = new Set<string>();
  const verdict = (next: Omit<VerdictChange, "was">) => {
    const key = `${next.cluster} ${next.resource} ${next.path}`;
    const known = told.verdicts.get(key);
    if (known === undefined || worse(next, known)) told.verdicts.set(key, next);
  };
  const finding = (next: PlanFinding) =>
    told.findings.set(`${next.cluster} ${next.code} ${next.resource} ${next.path} ${next.reason}`, next);
  const conflict = (next: PlanConflict) => told.conflicts.set(JSON.stringify(next), next);

  for (const unit of units.values()) {
    const { cluster } = unit;
    const outcome = engine.outcome(unit);
    if (outcome === undefined) continue;
    const { resources } = engine.world;
    const speaking = [...outcome.own, ...outcome.bearings.map(({ key }) => key)];
    for (const mesh of outcome.meshes)
      for (const resource of speaking) {
        const policy = resources.get(resource);
        const once = `${cluster} ${mesh.name} ${resource}`;
        if (policy === undefined || judged.has(once)) continue;
        judged.add(once);
        for (const { path, level, how } of engine.verdicts(policy, mesh))
          verdict({ cluster, resource, path, level, how });
      }
    for (const { resource, path, level, how } of outcome.verdicts)
      verdict({ cluster, resource, path, level, how });
    for (const entry of outcome.findings) finding({ ...entry, cluster });
    for (const { winner, loser } of outcome.conflicts) conflict({ cluster, winner, loser, at: undefined });
  }
  for (const { cluster, ref, fields } of objects.values())
    for (const { path, from, lost } of fields)
      for (const loser of lost) {
        const [first, second] = [from[0], loser.from[0]];
        if (first && second)
          conflict({ cluster, winner: first, loser: second, at: `${objectLabel(ref)} ${path}`.trimEnd() });
      }
  return told;
}
