import { type ObjectName, type ObjectRef, objectRef } from "@heddle/api";
import type { Json, JsonObject } from "../canonical-json.ts";
import type { Provenance } from "../provenance.ts";
import type { VerdictLevel } from "./capability.ts";

/** A member of an object, or the item of a list that is assembled from several units and ordered by the item's key. */
export type Step = string | { readonly item: string };

/** One value that a unit gives to one field of one object, with its provenance. */
export interface Contribution {
  readonly object: ObjectRef;
  /** Empty for the whole object, as it is. */
  readonly path: readonly Step[];
  readonly value: Json;
  readonly from: readonly Provenance[];
  /** Local id of the unit whose bundle the object belongs to; the same in every contribution to the object. */
  readonly home: string;
}

/** A verdict that only the unit can tell, beside those that the field tables give. */
export interface UnitVerdict extends Provenance {
  readonly level: VerdictLevel;
  readonly how: string;
}

/** Something a person should know about one unit, e.g. a backend that does not exist in its cluster. */
export interface UnitFinding extends Provenance {
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
}

/** What translating one unit gives. */
export interface Translation {
  readonly contributions: readonly Contribution[];
  readonly verdicts: readonly UnitVerdict[];
  readonly findings: readonly UnitFinding[];
}

/** Collects a translation; the one thing that translators write to. */
export class TranslationBuilder implements Translation {
  readonly contributions: Contribution[] = [];
  readonly verdicts: UnitVerdict[] = [];
  readonly findings: UnitFinding[] = [];
  readonly #home: string;

  constructor(home: string) {
    this.#home = home;
  }

  /** Writes fields of one object: `{ "spec.hosts": [...] }`; dots separate members, `null` values are left out. */
  object(
    name: ObjectName,
    from: readonly Provenance[],
    fields: Readonly<Record<string, Json | null>>,
    home = this.#home,
  ): void {
    const object = objectRef(name);
    for (const [path, value] of Object.entries(fields))
      if (value !== null) this.contributions.push({ object, path: path.split("."), value, from, home });
  }

  /** Writes an object as it is, which leaves no room for fields of others. */
  whole(name: ObjectName, from: readonly Provenance[], value: JsonObject): void {
    this.contributions.push({ object: objectRef(name), path: [], value, from, home: this.#home });
  }

  /** Adds one item to a list that several units write to. */
  item(
    name: ObjectName,
    from: readonly Provenance[],
    path: string,
    item: string,
    value: Json,
    home = this.#home,
  ): void {
    this.contributions.push({
      object: objectRef(name),
      path: [...path.split("."), { item }],
      value,
      from,
      home,
    });
  }

  verdict(from: Provenance, level: VerdictLevel, how: string): void {
    this.verdicts.push({ ...from, level, how });
  }

  finding(finding: UnitFinding): void {
    this.findings.push(finding);
  }
}
