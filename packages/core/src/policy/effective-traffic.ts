import type {
  MeshFact,
  ResourceKey,
  ResourceOf,
  RouteMatch,
  Split,
  TrafficDefaults,
  TrafficRule,
} from "@heddle/api";
import { canonicalJson } from "../canonical-json.ts";
import type { Provenance, Sourced } from "../provenance.ts";
import type { Bearing } from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import type { World } from "../world/world.ts";
import { audiences } from "./audience.ts";
import type { ClientCondition } from "./client-class.ts";
import { equalRank } from "./rank.ts";

export type TrafficBearing = Bearing<ResourceOf<"TrafficPolicy">>;

/** Fields that rules inherit from the defaults of the first policy in rank that sets them. */
export const knobNames = [
  "timeout.request",
  "timeout.idle",
  "retries",
  "fault",
  "mirror",
  "headers",
  "cors",
  "rateLimit",
  "rewrite",
] as const;
export type KnobName = (typeof knobNames)[number];

export interface Knobs {
  readonly "timeout.request"?: Sourced<string>;
  readonly "timeout.idle"?: Sourced<string>;
  readonly retries?: Sourced<NonNullable<TrafficRule["retries"]>>;
  readonly fault?: Sourced<NonNullable<TrafficRule["fault"]>>;
  readonly mirror?: Sourced<NonNullable<TrafficRule["mirror"]>>;
  readonly headers?: Sourced<NonNullable<TrafficRule["headers"]>>;
  readonly cors?: Sourced<NonNullable<TrafficRule["cors"]>>;
  readonly rateLimit?: Sourced<NonNullable<TrafficRule["rateLimit"]>>;
  readonly rewrite?: Sourced<NonNullable<TrafficRule["rewrite"]>>;
}

/** What happens to a request that a rule takes; `forward` sends it to the destination itself. */
export type Action =
  | { readonly kind: "forward" }
  | { readonly kind: "split"; readonly split: readonly Split[] }
  | { readonly kind: "redirect"; readonly redirect: NonNullable<TrafficRule["redirect"]> }
  | { readonly kind: "directResponse"; readonly directResponse: NonNullable<TrafficRule["directResponse"]> };

export interface EffectiveRule {
  /** The rule's own name, or `POLICY-INDEX`; `default` for what no rule takes. */
  readonly name: string;
  readonly from: Provenance | undefined;
  /** Alternatives; undefined takes every request. */
  readonly match: readonly RouteMatch[] | undefined;
  /** For each alternative, the matches of resources that it was made of; undefined where that is no longer asked. */
  readonly matchFrom: readonly (readonly Provenance[])[] | undefined;
  /** Only requests to these ports of the destination, from the target's `ports`. */
  readonly ports: readonly number[] | undefined;
  readonly action: Action;
  readonly knobs: Knobs;
}

/** Rules for one class of clients: in order, the first that matches decides; the last takes everything. */
export interface TrafficForClients {
  readonly clients: ClientCondition;
  readonly rules: readonly EffectiveRule[];
  /** The policies that these clients hear, in rank order: what the rules were made of. */
  readonly heard: readonly TrafficBearing[];
}

/** Two policies of equal rank that set one field differently; the older holds. */
export interface FieldConflict {
  readonly winner: Provenance;
  readonly loser: Provenance;
}

export interface EffectiveTraffic {
  /** Most special clients first; the last entry is for everybody else. */
  readonly classes: readonly TrafficForClients[];
  readonly conflicts: readonly FieldConflict[];
  /** Rules that no request can reach because an earlier block takes everything. */
  readonly shadowed: readonly Provenance[];
}

/**
 * All traffic policies on one destination as one ordered list of rules for each class of clients (SEMANTICS, "Traffic"). Returns
 * `undefined` when nothing is said about it.
 */
export function effectiveTraffic(
  world: World,
  cluster: ClusterWorld,
  mesh: MeshFact,
  unranked: readonly TrafficBearing[],
): EffectiveTraffic | undefined {
  if (unranked.length === 0) return undefined;
  const conflicts = new Map<string, FieldConflict>();
  const shadowed = new Map<string, Provenance>();
  const classes = audiences(world, cluster, mesh, unranked).map(({ clients, heard }) => ({
    clients,
    heard,
    rules: rulesFor(heard, conflicts, shadowed),
  }));
  const told = classes.filter(
    (group, index) =>
      index === classes.length - 1 || group.rules.length > 1 || group.rules.some(saysSomething),
  );
  return { classes: told, conflicts: [...conflicts.values()], shadowed: [...shadowed.values()] };
}

export function saysSomething(rule: EffectiveRule): boolean {
  return rule.action.kind !== "forward" || Object.keys(rule.knobs).length > 0;
}

function rulesFor(
  ranked: readonly TrafficBearing[],
  conflicts: Map<string, FieldConflict>,
  shadowed: Map<string, Provenance>,
): EffectiveRule[] {
  const inheritance = inheritedByPort(ranked, conflicts);
  const rules: EffectiveRule[] = [];
  let closed = false;
  for (const bearing of ranked)
    bearing.policy.spec.rules.forEach((rule, index) => {
      const from = { resource: bearing.key, path: `spec.rules[${index}]` };
      if (closed) {
        shadowed.set(`${from.resource} ${from.path}`, from);
        return;
      }
      for (const { ports, inherited } of portions(bearing.ports, inheritance))
        rules.push({
          name: rule.name ?? `${bearing.policy.metadata.name}-${index}`,
          from,
          match: rule.match,
          matchFrom: rule.match?.map((_, at) => [{ ...from, path: `${from.path}.match[${at}]` }]),
          ports,
          action: actionOf(rule, inherited.directResponse?.value),
          knobs: { ...inherited.knobs, ...knobsOf(rule, bearing.key, from.path) },
        });
      closed = rule.match === undefined && bearing.ports === undefined;
    });
  if (!closed)
    for (const { ports, inherited } of portions(undefined, inheritance))
      rules.push({
        name: "default",
        from: inherited.directResponse?.from,
        match: undefined,
        matchFrom: undefined,
        ports,
        action: actionOf({}, inherited.directResponse?.value),
        knobs: inherited.knobs,
      });
  return rules;
}

/** What rules inherit: at ports that some policy's target names with defaults of its own, and elsewhere. */
interface Inheritance {
  readonly elsewhere: Inherited;
  /** By port, in order; only where it differs. */
  readonly at: ReadonlyMap<number, Inherited>;
}

function inheritedByPort(
  ranked: readonly TrafficBearing[],
  conflicts: Map<string, FieldConflict>,
): Inheritance {
  const said = ranked.filter(({ policy }) => policy.spec.defaults !== undefined);
  const elsewhere = inheritedFrom(
    said.filter(({ ports }) => ports === undefined),
    conflicts,
  );
  const named = new Set(said.flatMap(({ ports }) => ports ?? []));
  const at = [...named]
    .sort((a, b) => a - b)
    .map((port) => {
      const here = said.filter(({ ports }) => ports?.includes(port) ?? true);
      return [port, inheritedFrom(here, conflicts)] as const;
    })
    .filter(([, inherited]) => canonicalJson(inherited) !== canonicalJson(elsewhere));
  return { elsewhere, at: new Map(at) };
}

/** A rule's ports by what it inherits there; undefined stands for all that no earlier portion names. */
function portions(
  ports: readonly number[] | undefined,
  { elsewhere, at }: Inheritance,
): { readonly ports: readonly number[] | undefined; readonly inherited: Inherited }[] {
  const own = [...at].filter(([port]) => ports?.includes(port) ?? true);
  const rest = ports?.filter((port) => !at.has(port));
  return [
    ...own.map(([port, inherited]) => ({ ports: [port], inherited })),
    ...(rest?.length === 0 ? [] : [{ ports: rest, inherited: elsewhere }]),
  ];
}

function actionOf(rule: TrafficRule, inherited: TrafficDefaults["directResponse"]): Action {
  if (rule.split !== undefined) return { kind: "split", split: rule.split };
  if (rule.redirect !== undefined) return { kind: "redirect", redirect: rule.redirect };
  const directResponse = rule.directResponse ?? inherited;
  return directResponse === undefined ? { kind: "forward" } : { kind: "directResponse", directResponse };
}

/** The knobs that fields at a path of a resource set. */
export function knobsOf(fields: TrafficDefaults, resource: ResourceKey, path: string): Knobs {
  const knobs: Record<string, Sourced<unknown>> = {};
  for (const name of knobNames) {
    const value = knobValue(fields, name);
    if (value !== undefined) knobs[name] = { value, from: { resource, path: `${path}.${name}` } };
  }
  return knobs as Knobs;
}

export function knobValue(fields: TrafficDefaults, name: KnobName): unknown {
  if (name === "timeout.request") return fields.timeout?.request;
  if (name === "timeout.idle") return fields.timeout?.idle;
  return fields[name];
}

interface Inherited {
  readonly knobs: Knobs;
  readonly directResponse: Sourced<NonNullable<TrafficDefaults["directResponse"]>> | undefined;
}

function inheritedFrom(ranked: readonly TrafficBearing[], conflicts: Map<string, FieldConflict>): Inherited {
  const winners = new Map<string, { sourced: Sourced<unknown>; bearing: TrafficBearing }>();
  for (const bearing of ranked) {
    const { defaults } = bearing.policy.spec;
    if (defaults === undefined) continue;
    for (const name of [...knobNames, "directResponse" as const]) {
      const value = name === "directResponse" ? defaults.directResponse : knobValue(defaults, name);
      if (value === undefined) continue;
      const sourced = { value, from: { resource: bearing.key, path: `spec.defaults.${name}` } };
      const winner = winners.get(name);
      if (winner === undefined) winners.set(name, { sourced, bearing });
      else if (
        equalRank(winner.bearing, bearing) &&
        canonicalJson(winner.sourced.value) !== canonicalJson(value)
      )
        conflicts.set(`${winner.sourced.from.resource} ${bearing.key} ${name}`, {
          winner: winner.sourced.from,
          loser: sourced.from,
        });
    }
  }
  const knobs: Record<string, Sourced<unknown>> = {};
  for (const name of knobNames) {
    const winner = winners.get(name);
    if (winner !== undefined) knobs[name] = winner.sourced;
  }
  const directResponse = winners.get("directResponse")?.sourced as
    | Sourced<NonNullable<TrafficDefaults["directResponse"]>>
    | undefined;
  return { knobs: knobs as Knobs, directResponse };
}
