import { createHash } from "node:crypto";

/**
 * A short name for the set of fields that an object sets, lists and values left out. It is written on the object and compared, after a
 * restart, with the fields that `managedFields` says Heddle still owns: so a field that somebody removed meanwhile is noticed, which leaves
 * no other trace. A map that is one value to the API server (a label selector) makes the two differ; then the object is applied once more.
 */
export function shapeOfObject(object: object): string {
  return shape(object, (value) =>
    isMap(value) ? Object.entries(value).filter(([, child]) => child !== undefined && child !== null) : [],
  );
}

/** The same for `fieldsV1`: `f:NAME` is a field; `k:`, `v:` and `i:` are inside lists, `.` is the map itself. */
export function shapeOfFields(fields: object): string {
  return shape(fields, (value) =>
    Object.entries(value as object).flatMap(([name, child]) =>
      name.startsWith("f:") ? [[name.slice(2), child]] : [],
    ),
  );
}

function shape(root: object, childrenOf: (value: unknown) => [string, unknown][]): string {
  const paths: string[] = [];
  const walk = (value: unknown, path: string) => {
    const children = childrenOf(value);
    if (children.length === 0) paths.push(path);
    for (const [name, child] of children) walk(child, `${path}/${name}`);
  };
  walk(root, "");
  return createHash("sha256").update(paths.toSorted().join("\n")).digest("base64url").slice(0, 16);
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
