import { type ObjectRef, parseObjectRef } from "@heddle/api";
import { canonicalJson, type Json, type JsonObject } from "../canonical-json.ts";
import type { Provenance } from "../provenance.ts";
import type { Contribution, Step } from "./contribution.ts";

/** Two different values for one field of one object; the resource that was accepted first wins (ARCHITECTURE, "Incremental"). */
export interface ObjectConflict {
  readonly object: ObjectRef;
  readonly path: string;
  readonly winner: readonly Provenance[];
  readonly loser: readonly Provenance[];
}

export interface AssembledObject {
  readonly ref: ObjectRef;
  readonly object: JsonObject;
  /** Every resource and field that shaped it, without repetition. */
  readonly from: readonly Provenance[];
  readonly conflicts: readonly ObjectConflict[];
}

/** Annotation of each object that names the resources it comes from, for people who meet it with kubectl. */
export const resourcesAnnotation = "heddle.io/resources";

/** Says which of two resources was accepted first: negative when `a` was. */
export type Precedence = (a: Provenance, b: Provenance) => number;

/** Makes one object of all contributions to it; the result does not depend on their order. */
export function assemble(
  ref: ObjectRef,
  contributions: readonly Contribution[],
  precedence: Precedence,
): AssembledObject {
  const slots = new Map<string, Contribution>();
  const conflicts: ObjectConflict[] = [];
  for (const candidate of [...contributions].sort((a, b) => byPrecedence(a, b, precedence))) {
    const slot = slotOf(candidate.path);
    const holder = slots.get(slot);
    if (holder === undefined) slots.set(slot, candidate);
    else if (canonicalJson(holder.value) !== canonicalJson(candidate.value))
      conflicts.push({ object: ref, path: slot, winner: holder.from, loser: candidate.from });
  }
  const { apiVersion, kind, namespace, name } = parseObjectRef(ref);
  const from = distinct(contributions.flatMap((contribution) => contribution.from));
  const resources = [...new Set(from.map((provenance) => provenance.resource))].sort();
  const object: Draft = {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== "" && { namespace }),
      annotations: { [resourcesAnnotation]: resources.join(",") },
    },
  };
  for (const [, { path, value }] of [...slots].sort(([a], [b]) => (a < b ? -1 : 1)))
    write(object, path, value);
  return { ref, object: object as JsonObject, from, conflicts };
}

type Draft = { [key: string]: unknown };

/** `\u0000` before items keeps the slots of a list together and in the order of their keys. */
function slotOf(path: readonly Step[]): string {
  return path.map((step) => (typeof step === "string" ? step : `\u0000${step.item}`)).join(".");
}

function write(target: Draft, path: readonly Step[], value: Json): void {
  let at: Draft = target;
  for (let index = 0; index < path.length; index++) {
    const step = path[index];
    if (typeof step !== "string") return;
    const next = path[index + 1];
    if (next === undefined) at[step] = mergeInto(at[step], value);
    else if (typeof next !== "string") {
      const list = (at[step] ?? []) as unknown[];
      list.push(value);
      at[step] = list;
      return;
    } else {
      at[step] = at[step] ?? {};
      at = at[step] as Draft;
    }
  }
}

/** A field that was opened by a longer path and is also written whole keeps both, e.g. annotations. */
function mergeInto(existing: unknown, value: Json): unknown {
  const isMap = (candidate: unknown): candidate is Draft =>
    candidate !== null && typeof candidate === "object" && !Array.isArray(candidate);
  return isMap(existing) && isMap(value) ? { ...existing, ...value } : isMap(value) ? { ...value } : value;
}

function byPrecedence(a: Contribution, b: Contribution, precedence: Precedence): number {
  const [x, y] = [a.from[0], b.from[0]];
  const order = x && y ? precedence(x, y) : 0;
  if (order !== 0) return order;
  const [left, right] = [canonicalJson(a.value), canonicalJson(b.value)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function distinct(from: readonly Provenance[]): Provenance[] {
  const seen = new Map<string, Provenance>();
  for (const provenance of from) seen.set(`${provenance.resource} ${provenance.path}`, provenance);
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, provenance]) => provenance);
}
