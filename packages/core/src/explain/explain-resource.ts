import type { ResourceKey } from "@heddle/api";
import type { Engine } from "../engine/engine.ts";
import { type Unit, type UnitKind, unitId } from "../world/unit.ts";
import { explainUnit } from "./explain-unit.ts";
import type { ExplainedField, Explanation, ResourceEffect } from "./explanation.ts";

export interface ResourceEffects {
  readonly effects: readonly ResourceEffect[];
  /** How many more there are than were asked for. */
  readonly left: number;
}

/** What a resource comes to at everything it bears on, of one cluster or of all; at most `limit`, in the order of their names. */
export function explainResource(
  engine: Engine,
  resource: ResourceKey,
  { cluster, limit }: { readonly cluster?: string | undefined; readonly limit: number },
): ResourceEffects {
  const units = [...engine.unitsOf(resource)]
    .map(({ unit }) => unit)
    .filter((unit) => cluster === undefined || unit.cluster === cluster)
    .sort((a, b) => (unitId(a) < unitId(b) ? -1 : 1));
  return {
    effects: units.slice(0, limit).map((unit) => effectOn(engine, resource, unit)),
    left: Math.max(0, units.length - limit),
  };
}

function effectOn(engine: Engine, resource: ResourceKey, unit: Unit): ResourceEffect {
  const told = explainUnit(engine, unit);
  const own = told.chain.find((entry) => entry.resource === resource);
  const kind = (key: ResourceKey) => key.slice(0, key.indexOf("/"));
  const fields = fieldsOf(told);
  const objects = (engine.outcome(unit)?.contributions ?? [])
    .filter(({ from }) => from.some((source) => source.resource === resource))
    .map(({ object }) => object);
  return {
    cluster: told.cluster,
    kind: told.kind,
    name: told.name,
    rank: own?.rank,
    of: told.chain.filter((entry) => kind(entry.resource) === kind(resource)).length,
    reason:
      own?.reason ?? ownReasons[unit.kind] ?? standIn(engine, resource, unit) ?? "its defaults hold here",
    won: once(
      fields.flatMap(({ field, value, from }) =>
        from.filter((source) => source.resource === resource).map(({ path }) => ({ field, value, path })),
      ),
    ),
    lost: once(
      fields.flatMap(({ field, from, lost }) =>
        lost.filter((loser) => loser.resource === resource).map((loser) => ({ ...loser, field, to: from })),
      ),
    ),
    unheard: once(told.unheard.filter((loser) => loser.resource === resource)),
    objects: [...new Set(objects)].sort(),
  };
}

/** Where a resource is heard only by a generation that stands in for the newest. */
function standIn(engine: Engine, resource: ResourceKey, unit: Unit): string | undefined {
  const earlier = engine.outcome(unit)?.bearings.find(({ key }) => key === resource);
  return earlier && `by generation ${earlier.policy.metadata.generation}, the last that can be expressed`;
}

/** Why a resource bears on a unit that it is itself. */
const ownReasons: Readonly<Partial<Record<UnitKind, string>>> = {
  external: "it is what is called",
  virtual: "it is what is called",
  gateway: "its gateways run here",
  routes: "it is served at a gateway here, or delegated to by what is",
  machine: "it is the machine that joins",
  raw: "it is written as it is",
};

/** Every field that is explained; an access rule is one, since nothing overrides it. */
function fieldsOf({ clients, access, defaultAccess, authentication }: Explanation): ExplainedField[] {
  return [
    ...clients.flatMap(({ rules, connection }) => [
      ...rules.flatMap(({ name, from, action, fields }) => [
        ...(from === undefined || name === "default"
          ? []
          : [{ field: `rule ${name}`, value: action, from: [from], lost: [] }]),
        ...fields,
      ]),
      ...connection,
    ]),
    ...access.map(({ resource, action }) => ({
      field: "access",
      value: action,
      from: [{ resource, path: "spec" }],
      lost: [],
    })),
    defaultAccess,
    ...authentication,
  ];
}

/** The same may hold for several classes of clients. */
function once<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
