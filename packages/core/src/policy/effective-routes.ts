import { type ResourceKey, resourceKey } from "@heddle/api";
import type { Provenance } from "../provenance.ts";
import { hasLabels } from "../selecting/labels.ts";
import type { UnitFinding } from "../translation/contribution.ts";
import { byAge } from "../world/age.ts";
import type { DelegateRef, RouteTable } from "../world/route-index.ts";
import type { World } from "../world/world.ts";
import { type Alternative, delegatedAlternatives } from "./delegated-match.ts";
import { type EffectiveRule, type Knobs, knobsOf } from "./effective-traffic.ts";

/** The rules of a route table with those of the tables that it delegates to, in the order in which they are asked. */
export interface EffectiveRoutes {
  readonly rules: readonly EffectiveRule[];
  /** Every table that they come from, the table itself first. */
  readonly tables: readonly ResourceKey[];
  readonly findings: readonly UnitFinding[];
}

/** Tables may delegate to each other many times over: beyond this many pairs of matches, or levels, nothing is followed. */
const MAX_MATCHES = 50_000;
const MAX_DEPTH = 16;

type Rule = RouteTable["spec"]["rules"][number];

/** What a delegating rule hands down; undefined alternatives take every request. */
interface Handed {
  readonly alternatives: readonly Alternative[] | undefined;
  readonly knobs: Knobs;
  /** The tables on the way here, to find circles. */
  readonly above: readonly ResourceKey[];
}

/**
 * A delegating rule decides by the tables that it delegates to: each of their rules takes what both match, and what none of them takes
 * is answered as a table's `defaults.directResponse` says, else with 404. Settings that a rule leaves unset come from its own table's `defaults`, then from the delegating rule and its
 * table; a rewrite is not handed down, since it is about the path that its own rule matched.
 */
export function effectiveRoutes(world: World, root: RouteTable): EffectiveRoutes {
  const flattening = new Flattening(world);
  flattening.follow(root, { alternatives: undefined, knobs: {}, above: [] });
  return {
    rules: flattening.rules,
    tables: [...flattening.tables],
    findings: [...flattening.findings.values()],
  };
}

class Flattening {
  readonly rules: EffectiveRule[] = [];
  readonly tables = new Set<ResourceKey>();
  readonly findings = new Map<string, UnitFinding>();
  readonly #world: World;
  #left = MAX_MATCHES;

  constructor(world: World) {
    this.#world = world;
  }

  /** Whether a rule of the table takes all that was handed down. */
  follow(table: RouteTable, handed: Handed): boolean {
    const key = resourceKey(table);
    this.tables.add(key);
    const inherited = { ...handed.knobs, ...knobsOf(table.spec.defaults ?? {}, key, "spec.defaults") };
    for (const [index, rule] of table.spec.rules.entries()) {
      const from = { resource: key, path: `spec.rules[${index}]` };
      if (!this.#affords(handed, rule, from)) continue;
      const { alternatives, unjoined } = delegatedAlternatives(handed.alternatives, rule, from);
      for (const finding of unjoined) this.#find(finding);
      if (alternatives?.length === 0) continue;
      this.#decide(table, rule, from, { ...handed, alternatives, knobs: inherited });
      if (rule.match === undefined) return true;
    }
    const directResponse = table.spec.defaults?.directResponse;
    if (directResponse === undefined) return false;
    this.#push({
      name: `${table.metadata.name}-default`,
      from: { resource: key, path: "spec.defaults.directResponse" },
      alternatives: handed.alternatives,
      action: { kind: "directResponse", directResponse },
      knobs: inherited,
    });
    return true;
  }

  /** The rules that one rule comes to, for the requests that it takes. */
  #decide(
    table: RouteTable,
    rule: Rule,
    from: Provenance,
    { alternatives, knobs: inherited, above }: Handed,
  ): void {
    const name = rule.name ?? `${table.metadata.name}-${from.path.slice("spec.rules[".length, -1)}`;
    const knobs = { ...inherited, ...knobsOf(rule, from.resource, from.path) };
    if (rule.delegate === undefined) {
      this.#push({ name, from, alternatives, action: actionOf(rule), knobs });
      return;
    }
    const { rewrite: _rewrite, ...rest } = knobs;
    const handed = { alternatives, knobs: rest, above: [...above, from.resource] };
    const delegates = this.#delegates(table, rule.delegate, from, handed.above);
    if (!delegates.some((delegate) => this.follow(delegate, handed)))
      this.#push({ name: `${name}-none`, from, alternatives, action: notFound, knobs: {} });
  }

  #push({
    alternatives,
    ...rule
  }: Pick<EffectiveRule, "name" | "from" | "action" | "knobs"> & Pick<Handed, "alternatives">): void {
    this.rules.push({
      ...rule,
      match: alternatives?.map(({ match }) => match),
      matchFrom: alternatives?.map(({ from }) => from),
      ports: undefined,
    });
  }

  #affords({ alternatives, above }: Handed, rule: Rule, from: Provenance): boolean {
    this.#left -= (alternatives?.length ?? 1) * (rule.match?.length ?? 1);
    const deep = above.length >= MAX_DEPTH;
    if (this.#left >= 0 && !deep) return true;
    this.#find({
      ...from,
      code: "TOO_MANY_ROUTES",
      reason: deep
        ? `it is reached over more than ${MAX_DEPTH} delegations`
        : `there are more than ${MAX_MATCHES} matches before it, with those of all tables that are delegated to`,
      remedy: "delegate to fewer tables, or split the hosts over several tables",
    });
    return false;
  }

  /** The tables that a rule delegates to, in order. */
  #delegates(
    table: RouteTable,
    { name, labels, workspace = table.metadata.workspace }: DelegateRef,
    { resource, path }: Provenance,
    above: readonly ResourceKey[],
  ): readonly RouteTable[] {
    const at = { resource, path: `${path}.delegate` };
    const found =
      name === undefined ? this.#labelled(table, workspace, labels) : this.#named(workspace, name);
    if (found.length === 0)
      this.#find({
        ...at,
        code: "REFERENCE_NOT_FOUND",
        reason: `no route table ${name ?? "with these labels"} in workspace ${workspace}: requests are answered with 404`,
        remedy: "correct it, or create the table",
      });
    return found.sort(byOrder).filter((candidate) => {
      const key = resourceKey(candidate);
      if (!above.includes(key)) return true;
      this.#find({
        ...at,
        code: "DELEGATION_CYCLE",
        reason: [...above.slice(above.indexOf(key)), key].join(" delegates to "),
        remedy: "remove one of the delegations",
      });
      return false;
    });
  }

  #named(workspace: string, name: string): RouteTable[] {
    const found = this.#world.resources.get(`RouteTable/${workspace}/${name}`);
    return found?.kind === "RouteTable" ? [found] : [];
  }

  /** A table does not delegate to itself by labels that it happens to have. */
  #labelled(from: RouteTable, workspace: string, labels: DelegateRef["labels"]): RouteTable[] {
    return [...this.#world.routes.of(workspace)].filter(
      (table) => table !== from && hasLabels(table.metadata.labels, labels),
    );
  }

  #find(finding: UnitFinding): void {
    this.findings.set(`${finding.code} ${finding.resource} ${finding.path}`, finding);
  }
}

const notFound: EffectiveRule["action"] = { kind: "directResponse", directResponse: { status: 404 } };

function actionOf({ split, redirect, directResponse }: Rule): EffectiveRule["action"] {
  if (split !== undefined) return { kind: "split", split };
  if (redirect !== undefined) return { kind: "redirect", redirect };
  return directResponse === undefined ? notFound : { kind: "directResponse", directResponse };
}

/** By `order`, then the older. */
function byOrder(a: RouteTable, b: RouteTable): number {
  return a.spec.order - b.spec.order || byAge(a, b);
}
