import type { KindName, MeshFact, Resource } from "@heddle/api";
import { atLeast } from "./version.ts";

export type VerdictLevel = "native" | "approximated" | "unsupported";

/** How one abstract field lands in a dialect: as data, one place per dialect. */
export interface Capability {
  readonly level: VerdictLevel;
  /** Native: the field it becomes. Approximated: how it differs. Unsupported: why. */
  readonly how: string;
  /** Mesh version from which this holds; older ones do not support the field. */
  readonly since?: string;
}

/**
 * Capabilities by kind and field. A field is written without indexes and without the `rules`/`defaults` it stands in:
 * `timeout.request`, `match.path.prefix`, `split.weight`. An entry covers every field below it that has none of its own.
 */
export type CapabilityTable = { readonly [K in KindName]?: Readonly<Record<string, Capability>> };

/** Judges a value where the field alone does not tell, e.g. one retry condition among others; undefined leaves it to the table. */
export type Refine = (
  field: string,
  value: unknown,
  mesh: MeshFact,
  resource: Resource,
  path: string,
) => Capability | undefined;

export interface FieldVerdict extends Capability {
  /** Path in the resource, e.g. `spec.rules[0].timeout.idle`. */
  readonly path: string;
  readonly field: string;
}

/** Fields that Heddle itself acts on; no mesh is ever told about them. */
const OWN_FIELDS: ReadonlySet<string> = new Set(["targets", "onUnsupported", "name"]);

/** A verdict for every field that a resource sets, in one mesh version. Pure: depends on nothing but its arguments. */
export function fieldVerdicts(
  resource: Resource,
  mesh: MeshFact,
  table: CapabilityTable,
  refine?: Refine,
): FieldVerdict[] {
  const fields = table[resource.kind] ?? {};
  const verdicts: FieldVerdict[] = [];
  for (const { path, field, value } of leavesOf(resource.spec, "spec", "")) {
    if (OWN_FIELDS.has(rootOf(field))) continue;
    const known = refine?.(field, value, mesh, resource, path) ?? nearest(fields, field);
    if (known === undefined && isEmpty(value)) continue;
    const found = known ?? unknownField(mesh);
    verdicts.push({ path, field, ...inVersion(found, mesh) });
  }
  return verdicts;
}

/** The entry for a field or for the nearest field above it. */
export function nearest(fields: Readonly<Record<string, Capability>>, field: string): Capability | undefined {
  for (let at = field; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    const found = fields[at];
    if (found !== undefined) return found;
  }
  return undefined;
}

function unknownField(mesh: MeshFact): Capability {
  return { level: "unsupported", how: `Heddle does not translate this field for ${mesh.dialect}` };
}

function inVersion(capability: Capability, mesh: MeshFact): Capability {
  if (
    capability.since === undefined ||
    capability.level === "unsupported" ||
    atLeast(mesh.version, capability.since)
  )
    return capability;
  return {
    level: "unsupported",
    how: `needs ${mesh.dialect} ${capability.since}, this mesh runs ${mesh.version}`,
    since: capability.since,
  };
}

/** An object without members says nothing, unless the tables know what its presence means. */
function isEmpty(value: unknown): boolean {
  return value !== null && typeof value === "object" && Object.keys(value).length === 0;
}

function rootOf(field: string): string {
  const dot = field.indexOf(".");
  return dot < 0 ? field : field.slice(0, dot);
}

interface Leaf {
  readonly path: string;
  readonly field: string;
  readonly value: unknown;
}

/** The set leaves of a spec with their paths; lists do not show in `field`, nor do `rules` and `defaults`. */
export function* leavesOf(value: unknown, path: string, field: string): Iterable<Leaf> {
  if (Array.isArray(value)) {
    if (value.length === 0) return;
    for (const [index, item] of value.entries()) yield* leavesOf(item, `${path}[${index}]`, field);
    return;
  }
  if (value !== null && typeof value === "object" && Object.keys(value).length > 0) {
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      const name =
        field === "" && (key === "rules" || key === "defaults") ? "" : field === "" ? key : `${field}.${key}`;
      yield* leavesOf(item, `${path}.${key}`, name);
    }
    return;
  }
  yield { path, field, value };
}
