import { type FindingCode, nearestName, type PathSegment } from "@heddle/api";
import type { Described, Surroundings } from "./surroundings.ts";

/** A finding before it is said whose it is. */
export interface Told {
  readonly code: FindingCode;
  readonly path: string | readonly PathSegment[];
  readonly reason: string;
}

/** Looks at one resource among what there is. */
export type Judge = (resource: Described, surroundings: Surroundings) => Iterable<Told>;

/** The end of a sentence about a name that does not exist: the nearest of those that do. */
export function didYouMean(surroundings: Surroundings, name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, surroundings.within(candidates));
  return nearest === undefined ? "" : `; did you mean \`${nearest}\`?`;
}

/** The first few of many names, each quoted. */
export function few(names: readonly string[], most = 5): string {
  const quoted = names.slice(0, most).map((name) => `\`${name}\``);
  return names.length > most ? `${quoted.join(", ")} and ${names.length - most} more` : quoted.join(", ");
}
