import { type ObjectName, parseResourceKey, type Split } from "@heddle/api";
import {
  type EffectiveConnection,
  type EffectiveRule,
  type EffectiveTraffic,
  type JsonObject,
  type Provenance,
  saysSomething,
  type TranslationBuilder,
  type UnitContext,
  type UnitFinding,
} from "@heddle/core";
import { tellClientsLeftOut, tellKnobsLeftOut } from "../../left-out.ts";
import { sayableRules } from "../../sayable-rules.ts";
import { type Subset, subsetOf } from "../../subsets.ts";
import { apiVersionOf } from "../api-versions.ts";
import { hostOf } from "../identity.ts";
import { type Called, writeSubset } from "./connection.ts";
import { calledHosts } from "./external.ts";
import { matchesOf } from "./match.ts";
import { routeOf, type ToDestination } from "./route.ts";

const GROUP = "networking.istio.io";

/** Label by which Istio knows the cluster of an endpoint. */
const clusterLabel = "topology.istio.io/cluster";

/** What is called, and how the others name it. */
export interface Routed extends Called {
  readonly traffic: EffectiveTraffic | undefined;
  readonly connection: EffectiveConnection | undefined;
  /** Bundle of its own objects. */
  readonly home: string;
}

/**
 * All routes of a host in one VirtualService: a second one for the same host would be ignored by sidecars. The subsets it uses become
 * DestinationRule subsets, which may belong to another destination's object.
 */
export function translateTraffic(called: Routed, context: UnitContext, out: TranslationBuilder): void {
  const { traffic } = called;
  if (traffic === undefined) return;
  const { mesh } = context;
  const http: JsonObject[] = [];
  const from: Provenance[] = [];
  for (const group of traffic.classes) {
    const { clients, rules } = group;
    if (clients.serviceAccounts !== undefined) {
      tellClientsLeftOut(group, ["serviceAccounts"], out);
      continue;
    }
    for (const rule of sayableRules(rules, true, context, out)) {
      const sources = [
        ...(rule.from ? [rule.from] : []),
        ...Object.values(rule.knobs).map((knob) => knob.from),
      ];
      const matches = matchesOf(rule, clients);
      if (matches?.length === 0) continue;
      const { retries: _retries, rateLimit: _rateLimit, ...whole } = rule.knobs;
      tellKnobsLeftOut(whole, context, out);
      const skip = ({ resource, path }: Provenance) => context.unsupported(resource, path);
      if (rule.knobs.fault?.value)
        for (const name of ["timeout.request", "retries"] as const)
          if (rule.knobs[name])
            out.verdict(rule.knobs[name].from, "approximated", "not while faults are injected");
      // Istio refuses a VirtualService that has both in one entry.
      if (rule.knobs.fault?.value && ["redirect", "directResponse"].includes(rule.action.kind))
        out.verdict(rule.knobs.fault.from, "approximated", "not where the mesh itself answers or redirects");
      for (const [variant, of] of redirectVariants(rule, matches))
        http.push({
          ...(of && { match: of }),
          ...routeOf(variant, destinations(called, context, out, sources), skip),
        });
      from.push(...sources);
    }
  }
  if (!traffic.classes.some(({ rules }) => rules.some(saysSomething))) return;
  const name: ObjectName = {
    apiVersion: apiVersionOf(mesh, GROUP),
    kind: "VirtualService",
    namespace: called.namespace,
    name: called.name,
  };
  out.object(name, from, {
    "spec.hosts": [called.host],
    "spec.exportTo": called.exportTo ?? null,
    "spec.http": http,
  });
}

/**
 * A redirect that replaces a prefix needs two entries: Istio replaces the text that matched, which is `/p` in one form of a segment
 * prefix and `/p/` in the other; and it takes a replaced prefix only where every match is one.
 */
function redirectVariants(
  rule: EffectiveRule,
  matches: readonly JsonObject[] | undefined,
): (readonly [EffectiveRule, readonly JsonObject[] | undefined])[] {
  const { action } = rule;
  if (action.kind !== "redirect" || action.redirect.prefix === undefined || matches === undefined)
    return [[rule, matches]];
  const to = action.redirect.prefix.replace(/\/+$/, "");
  const { prefix: _prefix, ...redirect } = action.redirect;
  const whole = { ...rule, action: { ...action, redirect: { ...redirect, path: to || "/" } } };
  const slashed = { ...rule, action: { ...action, redirect: { ...redirect, prefix: `${to}/` } } };
  return (
    [
      [whole, matches.filter(({ uri }) => !isPrefix(uri))],
      [slashed, matches.filter(({ uri }) => isPrefix(uri))],
    ] as const
  ).filter(([, some]) => some.length > 0);
}

function isPrefix(uri: JsonObject[string] | undefined): boolean {
  return typeof uri === "object" && uri !== null && "prefix" in uri;
}

function destinations(
  called: Routed,
  context: UnitContext,
  out: TranslationBuilder,
  from: readonly Provenance[],
): ToDestination {
  return (backend) => {
    const { called: target, home, connection } = resolve(backend, called, context, out, from);
    const subset = withCluster(subsetOf(backend), backend.cluster);
    if (subset !== undefined) writeSubset(target, subset, connection, context, from, out, home);
    return {
      host: target.host,
      ...(subset && { subset: subset.name }),
      ...(backend.port !== undefined && { port: { number: backend.port } }),
    };
  };
}

interface Resolved {
  readonly called: Called;
  /** Bundle that its DestinationRules belong to. */
  readonly home: string;
  readonly connection: EffectiveConnection | undefined;
}

/** The host that a backend means: a Service's, or the first of an external service's. */
function resolve(
  { destination }: Pick<Split, "destination">,
  called: Routed,
  context: UnitContext,
  out: TranslationBuilder,
  from: readonly Provenance[],
): Resolved {
  if (destination === undefined) return { called, home: called.home, connection: called.connection };
  const [first] = from;
  if (destination.kind === "ExternalService") {
    const workspace = parseResourceKey(first?.resource ?? "//").workspace;
    const service = context.named("ExternalService", workspace, destination.name);
    if (service === undefined) {
      if (first)
        out.finding(missing(first, `no external service ${destination.name} that ${workspace} can call`));
      return {
        called: { namespace: called.namespace, name: destination.name, host: `${destination.name}.invalid` },
        home: called.home,
        connection: undefined,
      };
    }
    const { metadata } = service;
    const [external] = calledHosts(service, context.mesh, context.namespacesOf(service));
    const home = `external/${metadata.workspace}/${metadata.name}`;
    return { called: external ?? called, home, connection: undefined };
  }
  const namespace = destination.namespace ?? called.namespace;
  const { name } = destination;
  if (first && context.destination(namespace, name) === undefined)
    out.finding(missing(first, `no service ${name} in namespace ${namespace} of cluster ${context.cluster}`));
  const target = { namespace, name };
  return {
    called: { ...target, host: hostOf(target, context.mesh) },
    home: `destination/${namespace}/${name}`,
    connection: context.connection(namespace, name),
  };
}

function missing(from: Provenance, reason: string): UnitFinding {
  return {
    ...from,
    code: "DESTINATION_NOT_FOUND",
    reason,
    remedy: "correct the name, or create it; requests sent there fail until it exists",
  };
}

function withCluster(subset: Subset | undefined, cluster: string | undefined): Subset | undefined {
  if (cluster === undefined) return subset;
  return {
    name: subset === undefined ? `cluster-${cluster}` : `${subset.name}-cluster-${cluster}`,
    labels: { ...subset?.labels, [clusterLabel]: cluster },
  };
}
