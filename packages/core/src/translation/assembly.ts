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

/** One field of an object: the contribution that holds, and those that say something else. */
export interface AssembledField {
  /** Members joined by dots; an item of a list as `subsets[v1]`. */
  readonly path: string;
  readonly value: Json;
  /** Of every contribution that says the same. */
  readonly from: readonly Provenance[];
  readonly lost: readonly Contribution[];
}

interface Slot {
  readonly held: Contribution;
  readonly same: Contribution[];
  readonly lost: Contribution[];
}

/**
 * Contributions by field, in the order of the fields. The result does not depend on the order of the contributions. An object is either
 * written whole or by fields, as its oldest contribution says; the others lose. What secures is not undone by who came first.
 */
function slotsOf(contributions: readonly Contribution[], precedence: Precedence): [string, Slot][] {
  const slots = new Map<string, Slot>();
  const ordered = [...contributions].sort((a, b) => byPrecedence(a, b, precedence));
  const whole = isWhole(ordered[0]) && !ordered.some(secures);
  const fits = (candidate: Contribution) => isWhole(candidate) === whole;
  for (const candidate of ordered.filter(fits)) {
    const key = slotOf(candidate.path);
    const slot = slots.get(key);
    if (slot === undefined) slots.set(key, { held: candidate, same: [candidate], lost: [] });
    else if (canonicalJson(slot.held.value) === canonicalJson(candidate.value)) slot.same.push(candidate);
    else slot.lost.push(candidate);
  }
  const sorted = [...slots].sort(([a], [b]) => (a < b ? -1 : 1));
  sorted[0]?.[1].lost.push(...ordered.filter((candidate) => !fits(candidate)));
  return sorted;
}

/** Resources that say who may call what, how it is secured and what stands guard, by themselves or by their defaults. */
const securing = /^(AccessPolicy|AuthenticationPolicy|EgressPolicy|ExtensionPolicy|VirtualMesh|Workspace)\//;

function secures({ from }: Contribution): boolean {
  return from.some(({ resource }) => securing.test(resource));
}

function isWhole(contribution: Contribution | undefined): boolean {
  return contribution?.path.length === 0;
}

export function assembledFields(
  contributions: readonly Contribution[],
  precedence: Precedence,
): AssembledField[] {
  return slotsOf(contributions, precedence).map(([, { held, same, lost }]) => ({
    path: held.path.reduce<string>(
      (path, step) =>
        typeof step !== "string" ? `${path}[${step.item}]` : path === "" ? step : `${path}.${step}`,
      "",
    ),
    value: held.value,
    from: distinct(same.flatMap(({ from }) => from)),
    lost,
  }));
}

/**
 * Makes one object of all contributions to it, of which there is at least one; the result does not depend on their order. Where they
 * name several versions of its API, one of those that hold is taken.
 */
export function assemble(contributions: readonly Contribution[], precedence: Precedence): AssembledObject {
  const slots = slotsOf(contributions, precedence);
  const whole = slots.map(([, slot]) => slot).find(({ held }) => isWhole(held));
  const heard = whole?.same ?? contributions.filter((candidate) => !isWhole(candidate));
  const ref = heard.map((contribution) => contribution.object).sort()[0];
  if (ref === undefined) throw new Error("nothing contributes to the object");
  const conflicts = slots.flatMap(([path, { held, lost }]) =>
    lost.map((loser): ObjectConflict => ({ object: ref, path, winner: held.from, loser: loser.from })),
  );
  const { apiVersion, kind, namespace, name } = parseObjectRef(ref);
  const from = distinct(heard.flatMap((contribution) => contribution.from));
  const resources = [...new Set(from.map((provenance) => provenance.resource))].sort();
  const marks: Draft = {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== "" && { namespace }),
      annotations: { [resourcesAnnotation]: resources.join(",") },
    },
  };
  const object = whole === undefined ? marks : (mergeInto(whole.held.value, marks) as Draft);
  for (const [, { held }] of slots) write(object, held.path, held.value);
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
function mergeInto(existing: unknown, value: unknown): unknown {
  if (!isMap(value)) return value;
  const merged = isMap(existing) ? { ...existing } : {};
  for (const [key, member] of Object.entries(value)) merged[key] = mergeInto(merged[key], member);
  return merged;
}

function isMap(candidate: unknown): candidate is Draft {
  return candidate !== null && typeof candidate === "object" && !Array.isArray(candidate);
}

function byPrecedence(a: Contribution, b: Contribution, precedence: Precedence): number {
  const [x, y] = [a.from[0], b.from[0]];
  const order = x && y ? precedence(x, y) : 0;
  if (order !== 0) return order;
  const [left, right] = [canonicalJson(a.value), canonicalJson(b.value)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Each provenance once, in order. */
export function distinct(from: readonly Provenance[]): Provenance[] {
  const seen = new Map<string, Provenance>();
  for (const provenance of from) seen.set(`${provenance.resource} ${provenance.path}`, provenance);
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, provenance]) => provenance);
}
