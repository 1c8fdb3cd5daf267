import type { MeshFact, ResourceKey } from "@heddle/api";
import type { FieldConflict } from "../policy/effective-traffic.ts";
import type { TranslationBuilder } from "../translation/contribution.ts";
import type { Dialect, UnitContext } from "../translation/dialect.ts";
import type { Bearing } from "../world/bearing.ts";

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
