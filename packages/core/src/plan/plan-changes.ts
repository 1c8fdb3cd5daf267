import { canonicalJson } from "../canonical-json.ts";
import type { Change } from "../engine/change.ts";
import type { Engine } from "../engine/engine.ts";
import { backendRisks } from "./backend-risks.ts";
import { editedFields } from "./edited-fields.ts";
import { guardRisks } from "./guard-risks.ts";
import { guardsOf } from "./guards.ts";
import { gathered, inClusters } from "./in-clusters.ts";
import { type Judgements, judgements } from "./judgements.ts";
import { objectChanges, stagedObjects } from "./object-changes.ts";
import { objectLabel } from "./object-label.ts";
import type { Plan, Risk, VerdictChange } from "./plan.ts";
import { rehearse, type Stage } from "./rehearse.ts";

/**
 * What changes would do to every cluster, without doing it: the engine is as it was when this returns or throws. Resources that do not exist
 * yet need metadata as the store will give it (core has no clock). Costs about twice what applying the changes costs.
 */
export function planChanges(engine: Engine, changes: readonly Change[]): Plan {
  const edited = editedFields(engine.world, changes);
  const { before, after } = rehearse(engine, changes, (stage) => lookAt(engine, stage));
  return {
    objects: inClusters(objectChanges(before.objects, after.objects, edited)).sort((a, b) =>
      objectLabel(a.object).localeCompare(objectLabel(b.object), "en"),
    ),
    verdicts: inClusters(verdictChanges(before.told, after.told)),
    findings: inClusters(added(before.told.findings, after.told.findings)),
    conflicts: inClusters(added(before.told.conflicts, after.told.conflicts)),
    risks: gatheredRisks([
      ...added(before.risks, after.risks),
      ...guardRisks(engine, before.guards, after.guards),
    ]),
  };
}

function lookAt(engine: Engine, stage: Stage) {
  const objects = stagedObjects(engine, stage);
  const risks = new Map<string, Risk>();
  for (const unit of stage.units.values())
    for (const risk of backendRisks(engine, unit)) risks.set(canonicalJson(risk), risk);
  return { objects, told: judgements(engine, stage, objects), guards: guardsOf(engine, stage), risks };
}

function* added<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): Iterable<T> {
  for (const [key, value] of after) if (!before.has(key)) yield value;
}

/** A field that is native, and was or is new, is no news. */
function* verdictChanges(before: Judgements, after: Judgements): Iterable<VerdictChange> {
  for (const [key, verdict] of after.verdicts) {
    const was = before.verdicts.get(key);
    const same = was !== undefined && was.level === verdict.level && was.how === verdict.how;
    if (!same && (verdict.level !== "native" || (was?.level ?? "native") !== "native"))
      yield { ...verdict, was: was?.level };
  }
}

function gatheredRisks(risks: Iterable<Risk>): Plan["risks"] {
  return gathered(inClusters(risks), "destination").map(({ rest, values }) => ({
    ...rest,
    destinations: values,
  }));
}
