import type { PathSegment } from "../finding.ts";
import { discoveredKinds } from "../kinds/discovered.ts";
import { type KindName, kinds, type SpecOf } from "../kinds/index.ts";
import { didYouMean, nearestName } from "../nearest-name.ts";
import type { Problem } from "./json-value.ts";
import { show } from "./schema-problems.ts";

const written: readonly string[] = kinds.map(({ kind }) => kind);
/** What rights are given for: API tokens and namespaces are no resources, and are asked for by these names all the same. */
const governed: readonly string[] = [
  ...written,
  ...discoveredKinds.map(({ kind }) => kind),
  "Namespace",
  "Token",
];

/** Kinds that a spec names and that there are not. The modules of single kinds cannot know all the others. */
export function unknownKinds(kind: KindName, spec: unknown): Problem[] {
  if (kind === "Role") {
    const { rules } = spec as SpecOf<"Role">;
    return rules.flatMap((rule, index) =>
      unknownIn(rule.kinds, ["*", ...governed], ["rules", index, "kinds"]),
    );
  }
  if (kind !== "RolloutStrategy") return [];
  const { selector } = spec as SpecOf<"RolloutStrategy">;
  return unknownIn(selector.kinds ?? [], written, ["selector", "kinds"]);
}

function unknownIn(
  names: readonly string[],
  known: readonly string[],
  path: readonly PathSegment[],
): Problem[] {
  return names.flatMap((name, index) => {
    if (known.includes(name)) return [];
    const nearest = nearestName(name, known);
    return {
      code: "UNKNOWN_KIND",
      path: [...path, index],
      reason: `there is no kind ${show(name)}${didYouMean(nearest)}`,
      remedy: nearest === undefined ? `use one of ${known.join(", ")}` : `write ${nearest}`,
    };
  });
}
