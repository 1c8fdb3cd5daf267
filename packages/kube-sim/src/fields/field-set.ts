import { asObject, canonical, isObject, type Json, type JsonObject } from "../json/json.ts";

/**
 * A set of field paths as a trie, the form of `fieldsV1`: keys are path elements (`f:name`, `k:{"port":80}`,
 * `v:"x"`, `i:0`). Sets are never changed after they are built; the operations return new ones and share parts.
 * Rules: sigs.k8s.io/structured-merge-diff, fieldpath.
 */
export type FieldSet = ReadonlyMap<string, FieldNode>;
export interface FieldNode {
  /** Whether the path that ends here is itself in the set. */
  readonly member: boolean;
  readonly children: FieldSet;
}
export type MutableFieldSet = Map<string, FieldNode>;

export const emptySet: FieldSet = new Map();

/** Puts a node where there is something to say, so that equal sets have equal shapes. */
export function put(set: MutableFieldSet, element: string, member: boolean, children: FieldSet): void {
  if (member || children.size > 0) set.set(element, { member, children });
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const out: MutableFieldSet = new Map(a);
  for (const [element, node] of b) {
    const other = a.get(element);
    out.set(
      element,
      other === undefined
        ? node
        : { member: node.member || other.member, children: union(other.children, node.children) },
    );
  }
  return out;
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const out: MutableFieldSet = new Map();
  for (const [element, node] of a) {
    const other = b.get(element);
    if (other === undefined) continue;
    put(out, element, node.member && other.member, intersection(node.children, other.children));
  }
  return out;
}

/** The paths of `a` that are not in `b`; a path in `b` says nothing about paths below it. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (a.size === 0 || b.size === 0) return a;
  const out: MutableFieldSet = new Map();
  for (const [element, node] of a) {
    const other = b.get(element);
    if (other === undefined) out.set(element, node);
    else put(out, element, node.member && !other.member, difference(node.children, other.children));
  }
  return out;
}

/** The paths of `a` that are neither in `b` nor below a path in `b`. */
export function withoutSubtrees(a: FieldSet, b: FieldSet): FieldSet {
  const out: MutableFieldSet = new Map();
  for (const [element, node] of a) {
    const other = b.get(element);
    if (other === undefined) out.set(element, node);
    else if (!other.member) put(out, element, node.member, withoutSubtrees(node.children, other.children));
  }
  return out;
}

/** A set of one path. */
export function single(...elements: string[]): FieldSet {
  const [first, ...rest] = elements;
  if (first === undefined) return emptySet;
  return new Map([[first, { member: rest.length === 0, children: single(...rest) }]]);
}

/** Every member as its path elements, in the order of `fieldsV1`. */
export function* paths(set: FieldSet, prefix: readonly string[] = []): Generator<readonly string[]> {
  for (const element of sorted(set)) {
    const node = set.get(element);
    if (node === undefined) continue;
    const path = [...prefix, element];
    if (node.member) yield path;
    yield* paths(node.children, path);
  }
}

const rank: Record<string, number> = { f: 0, k: 1, v: 2, i: 3 };

function sorted(set: FieldSet): string[] {
  return [...set.keys()].sort((a, b) => {
    const byKind = (rank[a[0] ?? ""] ?? 4) - (rank[b[0] ?? ""] ?? 4);
    return byKind !== 0 ? byKind : a < b ? -1 : a > b ? 1 : 0;
  });
}

/** `fieldsV1` of a set. */
export function formatFields(set: FieldSet): JsonObject {
  const out: JsonObject = {};
  for (const element of sorted(set)) {
    const node = set.get(element);
    if (node === undefined) continue;
    const below = formatFields(node.children);
    out[element] = node.member && node.children.size > 0 ? { ".": {}, ...below } : below;
  }
  return out;
}

/** Reads `fieldsV1`; the inverse of {@link formatFields}. */
export function parseFields(fields: Json | undefined): FieldSet {
  const out: MutableFieldSet = new Map();
  for (const [element, below] of Object.entries(asObject(fields))) {
    if (element === ".") continue;
    const children = parseFields(below);
    put(out, element, children.size === 0 || Object.hasOwn(asObject(below), "."), children);
  }
  return out;
}

export const fieldElement = (name: string): string => `f:${name}`;
export const valueElement = (value: Json): string => `v:${canonical(value)}`;
export const keyElement = (keys: JsonObject): string => `k:${canonical(keys)}`;

/** A path as messages show it: `.spec.ports[port=80,protocol="TCP"].targetPort`. */
export function formatPath(path: readonly string[]): string {
  return path.map(formatElement).join("");
}

function formatElement(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith("f:")) return `.${rest}`;
  if (element.startsWith("v:")) return `[=${rest}]`;
  if (element.startsWith("i:")) return `[${rest}]`;
  const keys: unknown = JSON.parse(rest);
  if (!isObject(keys)) return `[${rest}]`;
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(",")}]`;
}
