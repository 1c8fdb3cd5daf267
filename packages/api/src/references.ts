import { formatPath, type PathSegment } from "./finding.ts";
import { specSchema } from "./json-schema.ts";
import { type KindName, kinds } from "./kinds/index.ts";
import { type MarkTree, markTree } from "./mark-tree.ts";
import { clusterSelectionMark, type ReferenceKind, referenceKinds, referenceMark } from "./reference-mark.ts";

/** Something that a resource names: what must exist for the resource to work. */
export interface Reference {
  readonly kind: ReferenceKind;
  readonly name: string;
  /** Namespace that was written; what an unset one means, the field's description says. */
  readonly namespace?: string;
  readonly workspace?: string;
  /** Where it is written, e.g. `spec.rules[0].split[1].destination`. */
  readonly path: string;
  /** Where the name itself is written: `path`, or its field `name`. */
  readonly namePath: string;
}

/** Labels by which a resource selects clusters. */
export interface ClusterSelection {
  readonly labels: Readonly<Record<string, string>>;
  readonly path: string;
}

type Referring = { readonly kind: KindName; readonly spec: object };
type Found = (
  value: unknown,
  path: readonly PathSegment[],
  mark: readonly [key: string, mark: string],
) => void;

const known: ReadonlySet<string> = new Set(referenceKinds);
const trees = new Map<KindName, MarkTree | undefined>();

/**
 * Everything that a resource names, in the order of its schema; `*` and selections by label are no references. Which fields are references
 * is marked in the schemas (`refersTo`), so there is nothing to keep in step with them.
 */
export function references(resource: Referring): Reference[] {
  const found = new Map<string, Reference>();
  visitMarked(resource, (value, path, [key, mark]) => {
    const reference = key === referenceMark ? readReference(mark, value, path) : undefined;
    if (reference !== undefined) found.set(`${reference.kind} ${reference.path}`, reference);
  });
  return [...found.values()];
}

/** Every selection of clusters by label in a resource. */
export function clusterSelections(resource: Referring): ClusterSelection[] {
  const found = new Map<string, ClusterSelection>();
  visitMarked(resource, (value, path, [key]) => {
    if (key !== clusterSelectionMark) return;
    const at = formatPath(path);
    found.set(at, { labels: value as ClusterSelection["labels"], path: at });
  });
  return [...found.values()];
}

function visitMarked({ kind, spec }: Referring, found: Found): void {
  let tree = trees.get(kind);
  if (tree === undefined && !trees.has(kind)) {
    tree = markTree(kinds.filter((one) => one.kind === kind).map(specSchema));
    trees.set(kind, tree);
  }
  if (tree !== undefined) visit(tree, spec, ["spec"], found);
}

function visit(tree: MarkTree, value: unknown, path: readonly PathSegment[], found: Found): void {
  for (const mark of tree.marks) found(value, path, mark);
  const { entries, fields } = tree;
  if (Array.isArray(value)) {
    if (entries !== undefined)
      value.forEach((entry, index) => {
        visit(entries, entry, [...path, index], found);
      });
  } else if (typeof value === "object" && value !== null) {
    const given: Readonly<Record<string, unknown>> = { ...value };
    for (const [name, below] of fields)
      if (given[name] !== undefined) visit(below, given[name], [...path, name], found);
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
    namePath: formatPath(typeof value === "string" ? path : [...path, "name"]),
  };
}

function isReferenceKind(kind: unknown): kind is ReferenceKind {
  return typeof kind === "string" && known.has(kind);
}
