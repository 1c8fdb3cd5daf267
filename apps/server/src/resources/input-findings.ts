import { type Finding, finding, type ResourceKey, type ValidationResult } from "@heddle/api";
import { type Actor, allows } from "../auth/permissions.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { leftDangling } from "../world-findings/left-dangling.ts";
import { Surroundings } from "../world-findings/surroundings.ts";
import { worldFindings } from "../world-findings/world-findings.ts";

/** What is told of one input; more than this nobody reads, and looking for it would take as long as somebody likes. */
const toldAtMost = 1_000;

export interface InputFinding extends Finding {
  /** Index of the manifest. */
  readonly index?: number;
}

/** What manifests and deletions mean among everything that there is, each manifest with all the others of the input. */
export function inputFindings(
  { fleet, actor }: { readonly fleet: Pick<Fleet, "engine" | "resources">; readonly actor: Actor },
  read: readonly ValidationResult[],
  deleted: readonly ResourceKey[],
): InputFinding[] {
  const broken = read.filter(({ manifest }) => manifest === undefined);
  const surroundings = new Surroundings(
    fleet.engine.world,
    {
      brought: read.flatMap(({ manifest }) => manifest ?? []),
      broken: new Set(broken.flatMap(({ findings }) => findings.flatMap(({ resource }) => resource ?? []))),
      deleted,
    },
    (kind, workspace, name) => allows(actor, { verb: "list", kind, workspace, name }, fleet.resources),
  );
  const findings: InputFinding[] = leftDangling(deleted, surroundings);
  for (const [index, { manifest }] of read.entries())
    for (const told of manifest === undefined ? [] : worldFindings(manifest, surroundings)) {
      if (findings.length >= toldAtMost) return [...findings, moreThanTold];
      findings.push({ ...told, index });
    }
  return findings;
}

const moreThanTold = finding("TOO_MANY_FINDINGS", {
  path: "",
  severity: "warning",
  reason: `there are more than ${toldAtMost} of what does not exist`,
});
