import { formatPath, type PathSegment } from "./finding.ts";
import { branches, type JsonSchema, schemasBelow, specSchema } from "./json-schema.ts";
import { type KindName, kinds } from "./kinds/index.ts";
import { type ReferenceKind, referenceKinds, referenceMark } from "./reference-mark.ts";

/** Something that a resource names: what must exist for the resource to work. */
export interface Reference {
  readonly kind: ReferenceKind;
  readonly name: string;
  /** Namespace that was written; what an unset one means, the field's description says. */
  readonly namespace?: string;
  readonly workspace?: string;
  /** Where it is written, e.g. `spec.rules[0].split[1].destination`. */
  readonly path: string;
}

const byKind = new Map<string, (typeof kinds)[number]>(kinds.map((kind) => [kind.kind, kind]));
const known: ReadonlySet<string> = new Set(referenceKinds);

/**
 * Everything that a resource names, in the order of its fields; `*` and selections by label are no references. Which fields are references
 * is marked in the schemas (`refersTo`), so there is nothing to keep in step with them.
 */
export function references(resource: { readonly kind: KindName; readonly spec: object }): Reference[] {
  const kind = byKind.get(resource.kind);
  const found = new Map<string, Reference>();
  if (kind !== undefined)
    visit([specSchema(kind)], resource.spec, ["spec"], (reference) => {
      found.set(`${reference.kind} ${reference.path}`, reference);
    });
  return [...found.values()];
}

function visit(
  schemas: readonly JsonSchema[],
  value: unknown,
  path: readonly PathSegment[],
  found: (reference: Reference) => void,
): void {
  const possible = schemas.flatMap((schema) => [schema, ...branches(schema)]);
  for (const schema of possible) {
    const mark = schema[referenceMark];
    const reference = typeof mark === "string" ? readReference(mark, value, path) : undefined;
    if (reference !== undefined) found(reference);
  }
  if (typeof value !== "object" || value === null) return;
  const entries: readonly (readonly [PathSegment, unknown])[] = Array.isArray(value)
    ? value.map((entry, index) => [index, entry])
    : Object.entries(value);
  for (const [key, entry] of entries) {
    const below = possible.flatMap((schema) => schemasBelow(schema, key));
    if (below.length > 0) visit(below, entry, [...path, key], found);
  }
}

function readReference(mark: string, value: unknown, path: readonly PathSegment[]): Reference | undefined {
  const fields: Readonly<Record<string, unknown>> =
    typeof value === "string"
      ? { name: value }
      : typeof value === "object" && value !== null
        ? { ...value }
        : {};
  const { name, namespace, workspace } = fields;
  const kind = mark === "byKind" ? fields["kind"] : mark;
  if (typeof name !== "string" || name === "*" || !isReferenceKind(kind)) return undefined;
  return {
    kind,
    name,
    ...(typeof namespace === "string" && { namespace }),
    ...(typeof workspace === "string" && { workspace }),
    path: formatPath(path),
  };
}

function isReferenceKind(kind: unknown): kind is ReferenceKind {
  return typeof kind === "string" && known.has(kind);
}
