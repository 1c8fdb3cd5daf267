import { durationMs, formatDuration } from "@heddle/api";
import {
  canonicalJson,
  type DestinationUnit,
  type EffectiveRule,
  type JsonObject,
  type Knobs,
  type Provenance,
  saysSomething,
  shortHash,
  type TrafficForClients,
  type TranslationBuilder,
  type UnitContext,
} from "@heddle/core";
import { tellClientsLeftOut } from "../../left-out.ts";
import { sayableRules } from "../../sayable-rules.ts";
import { withBackends } from "../../virtual-rules.ts";
import { gatewayApiVersion } from "../api-versions.ts";
import { backendOf } from "./backend.ts";
import { headerFilters, matchesOf, moreSpecific } from "./match.ts";
import { retryAnnotations } from "./retries.ts";

/** A Service that is called, and what is said about calling it. */
export interface Routed extends Pick<DestinationUnit, "destination" | "traffic"> {
  /** What becomes of the rules that can be said. */
  readonly lead?: (rules: readonly EffectiveRule[]) => readonly EffectiveRule[];
}

/**
 * HTTPRoutes on the Service: in its own namespace for all clients, in a client's namespace for that namespace. A route names one port,
 * and retries are annotations of a whole route, so rules are grouped by port and by annotations. What no rule takes would be refused,
 * hence the rule for everything that effective policy always ends with.
 */
export function translateTraffic(unit: Routed, context: UnitContext, out: TranslationBuilder): void {
  const { traffic, destination, lead = (rules) => rules } = unit;
  if (destination.headless) {
    for (const { rules } of traffic?.classes ?? [])
      for (const { from } of rules)
        if (from) out.verdict(from, "unsupported", "Linkerd routes only Services that have a cluster IP");
    return;
  }
  for (const group of traffic?.classes ?? []) {
    const { clients, rules } = group;
    if (clients.labels !== undefined || clients.serviceAccounts !== undefined) {
      if (rules.some(saysSomething)) tellClientsLeftOut(group, ["labels", "serviceAccounts"], out);
      continue;
    }
    const sayable = lead(sayableRules(rules, { answer: false, forward: true }, context, out)).flatMap(
      (rule) => toServices(withBackends(rule, context, out), out),
    );
    if (!sayable.some(saysSomething)) continue;
    warnOfOrder(sayable, out);
    for (const namespace of namespacesOf(group, unit, out))
      for (const { port, protocol } of destination.ports)
        if (protocol === "TCP") writeRoutes(unit, namespace, port, sayable, context, out);
  }
}

/** Routes lead to Services: what else stands behind a virtual destination is left out, and a rule with nothing left. */
function toServices(rule: EffectiveRule, out: TranslationBuilder): EffectiveRule[] {
  const { action, from } = rule;
  if (action.kind !== "split") return [rule];
  const split = action.split.filter(({ destination }) => destination?.kind !== "ExternalService");
  if (split.length === action.split.length) return [rule];
  if (from)
    out.verdict(
      from,
      "unsupported",
      "left out where it leads to an external service: Linkerd's routes lead to Services",
    );
  return split.length === 0 ? [] : [{ ...rule, action: { kind: "split", split } }];
}

/** Namespaces to write routes in. */
function namespacesOf(
  { clients, heard }: TrafficForClients,
  unit: Routed,
  out: TranslationBuilder,
): readonly string[] {
  const own = unit.destination.namespace;
  if (clients.namespaces?.includes(own))
    for (const { key, policy } of heard)
      if (policy.spec.sources !== undefined)
        out.verdict(
          { resource: key, path: "spec" },
          clients.namespaces.length === 1 ? "unsupported" : "approximated",
          `not for clients in ${own}: a route where the Service is would hold for every client`,
        );
  return clients.namespaces?.filter((namespace) => namespace !== own) ?? [own];
}

function warnOfOrder(rules: readonly EffectiveRule[], out: TranslationBuilder): void {
  rules.forEach((rule, index) => {
    const earlier = rules.slice(0, index);
    const overtakes = earlier.some((other) =>
      rule.match?.some((match) => (other.match ?? [{}]).some((before) => moreSpecific(match, before))),
    );
    if (overtakes && rule.from)
      out.verdict(
        rule.from,
        "approximated",
        "Gateway API takes the more specific match first, so this rule comes before an earlier one",
      );
  });
}

function writeRoutes(
  unit: Routed,
  namespace: string,
  port: number,
  rules: readonly EffectiveRule[],
  context: UnitContext,
  out: TranslationBuilder,
): void {
  const { destination } = unit;
  const base = destination.ports.length > 1 ? `${destination.name}-${port}` : destination.name;
  const heard = onceEach(rules.filter((rule) => rule.ports?.includes(port) ?? true));
  // In routes of their own, rules after one that takes everything would compete with it by age.
  const last = heard.findIndex(({ match }) => match === undefined);
  const here = last < 0 ? heard : heard.slice(0, last + 1);
  const groups = Map.groupBy(here, (rule) => canonicalJson(annotationsOf(rule.knobs, context)));
  const widest = canonicalJson(annotationsOf(here.at(-1)?.knobs ?? {}, context));
  for (const [key, group] of groups) {
    const from: Provenance[] = [];
    const routeRules = group.flatMap((rule) => {
      const matches = rule.match?.filter((match) => match.port === undefined || match.port === port);
      if (matches?.length === 0) return [];
      from.push(...sourcesOf(rule));
      return [routeRule(rule, matches?.flatMap(matchesOf), port, unit, context, out)];
    });
    const annotations = annotationsOf(group[0]?.knobs ?? {}, context);
    if (routeRules.length === 0) continue;
    const name = key === widest ? base : `${base}-${shortHash(key)}`;
    // Where the rules say nothing themselves, they are there because of the others.
    const because = from.length > 0 ? from : here.flatMap(sourcesOf);
    out.object({ apiVersion: gatewayApiVersion(context.mesh), kind: "HTTPRoute", namespace, name }, because, {
      "spec.parentRefs": [
        { group: "", kind: "Service", name: destination.name, namespace: destination.namespace, port },
      ],
      "spec.rules": routeRules,
      "metadata.annotations": Object.keys(annotations).length === 0 ? null : annotations,
    });
  }
}

/** A rule may come again for the ports that what is inherited at this one does not concern. */
function onceEach(rules: readonly EffectiveRule[]): EffectiveRule[] {
  const same = (a: EffectiveRule, b: EffectiveRule) =>
    a.from?.resource === b.from?.resource && a.from?.path === b.from?.path && a.match === b.match;
  return rules.filter((rule, index) => rules.findIndex((other) => same(rule, other)) === index);
}

function sourcesOf(rule: EffectiveRule): Provenance[] {
  return [...(rule.from ? [rule.from] : []), ...Object.values(rule.knobs).map((knob) => knob.from)];
}

function annotationsOf(knobs: Knobs, { unsupported }: UnitContext): Record<string, string> {
  const idle = knobs["timeout.idle"];
  const { retries } = knobs;
  const known = (from: Provenance, field = "") => !unsupported(from.resource, `${from.path}${field}`);
  return {
    ...(retries &&
      (retries.value === false || known(retries.from, ".attempts")) &&
      retryAnnotations(retries.value)),
    ...(idle &&
      durationMs(idle.value) > 0 &&
      known(idle.from) && { "timeout.linkerd.io/idle": formatDuration(durationMs(idle.value)) }),
  };
}

function routeRule(
  rule: EffectiveRule,
  matches: readonly JsonObject[] | undefined,
  port: number,
  unit: Routed,
  context: UnitContext,
  out: TranslationBuilder,
): JsonObject {
  const { action, knobs } = rule;
  const timeout = knobs["timeout.request"]?.value;
  const filters = [...headerFilters(knobs.headers?.value), ...redirectFilters(action)];
  const from = rule.from ?? Object.values(knobs)[0]?.from;
  return {
    ...(matches && { matches }),
    ...(filters.length > 0 && { filters }),
    ...(action.kind === "split" &&
      from && { backendRefs: action.split.map((to) => backendOf(to, port, unit, context, out, from)) }),
    ...(action.kind === "forward" && {
      backendRefs: [{ name: unit.destination.name, namespace: unit.destination.namespace, port }],
    }),
    ...(timeout !== undefined &&
      durationMs(timeout) > 0 &&
      action.kind !== "redirect" && { timeouts: { request: timeout } }),
  };
}

function redirectFilters(action: EffectiveRule["action"]): JsonObject[] {
  if (action.kind !== "redirect") return [];
  const { scheme, host, port, path, prefix, code } = action.redirect;
  return [
    {
      type: "RequestRedirect",
      requestRedirect: {
        ...(scheme && { scheme }),
        ...(host && { hostname: host }),
        ...(port !== undefined && { port }),
        ...(path && { path: { type: "ReplaceFullPath", replaceFullPath: path } }),
        ...(prefix && { path: { type: "ReplacePrefixMatch", replacePrefixMatch: prefix } }),
        statusCode: code,
      },
    },
  ];
}
