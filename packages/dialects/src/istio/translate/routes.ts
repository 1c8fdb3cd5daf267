import { type ObjectName, type ResourceKey, resourceKey } from "@heddle/api";
import {
  coversHost,
  type EffectiveRule,
  everyClient,
  type JsonObject,
  listenerHosts,
  type Provenance,
  type RouteBinding,
  type RoutesUnit,
  sharedHosts,
  type TranslationBuilder,
  tellsHostsApart,
  type UnitContext,
} from "@heddle/core";
import { policyObjectName } from "../../object-names.ts";
import { apiVersionOf } from "../api-versions.ts";
import { toDestination } from "./backend.ts";
import { distinctSites, gatewayObject, unsayable } from "./gateway.ts";
import { httpRoutes } from "./http-routes.ts";
import { tellUncounted } from "./rate-limit.ts";

type Listener = RouteBinding["listeners"][number];

/** A listener at a site, by the names that its Gateway object is known by there. */
interface Place {
  readonly listener: Listener;
  readonly namespace: string;
  readonly gateway: string;
  readonly hosts: readonly string[];
}

/**
 * One VirtualService for a route table in each namespace with gateways of its own, for the hosts that are its alone. Delegation is
 * followed here, not by Istio: its own is one level deep and joins paths by prefix only.
 */
export function translateRoutes(unit: RoutesUnit, context: UnitContext, out: TranslationBuilder): void {
  const { table, bindings } = unit;
  tellUncounted(unit.rules, "left out: it is counted at the pods of a Service, not at gateways", out);
  const places = bindings.flatMap((binding) => placesOf(table, binding, context));
  for (const [namespace, here] of Map.groupBy(places, (place) => place.namespace))
    for (const [index, [, group]] of [...Map.groupBy(here, ({ hosts }) => hosts.join(" "))].entries())
      writeRoutes(unit, { namespace, suffix: index === 0 ? "" : `-${index}`, places: group }, context, out);
}

function placesOf(
  table: RoutesUnit["table"],
  { gateway, listeners, sites, taken }: RouteBinding,
  context: UnitContext,
): Place[] {
  if (gateway === undefined) return [];
  return distinctSites(sites).flatMap((site) =>
    listeners.flatMap((listener) => {
      const hosts = (table.spec.hosts ?? []).filter((host) => !taken.get(listener)?.has(host));
      const open = sharedHosts(hosts, listenerHosts(listener)).length > 0;
      if (!open || unsayable(gateway, listener, site, context) !== undefined) return [];
      const { namespace, name } = gatewayObject(gateway, listener, site, context);
      return [{ listener, namespace, gateway: name, hosts }];
    }),
  );
}

interface Group {
  readonly namespace: string;
  readonly suffix: string;
  readonly places: readonly Place[];
}

function writeRoutes(
  { table, rules }: RoutesUnit,
  { namespace, suffix, places }: Group,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  const key = resourceKey(table);
  const name: ObjectName = {
    apiVersion: apiVersionOf(context.mesh, "networking.istio.io"),
    kind: "VirtualService",
    namespace,
    name: `${policyObjectName(table.metadata, "routes")}${suffix}`,
  };
  const hosts = places[0]?.hosts ?? [];
  const origin = { itself: undefined, namespace, exposes: true };
  const ofRequests = places.some(({ listener }) => listener.protocol.startsWith("HTTP"));
  const { http, from } = ofRequests
    ? httpRoutes(rules, everyClient, origin, context, out)
    : { http: [], from: [] };
  const streams = places.filter(({ listener }) => !listener.protocol.startsWith("HTTP"));
  const stream = streams.length === 0 ? undefined : streamRoute(rules, namespace, context, out);
  if (stream) tellUntold(key, streams, out);
  if (http.length === 0 && stream === undefined) return;
  const bound = { resource: key, path: "spec.gateways" };
  out.object(name, [bound, ...from, ...(stream?.from ?? [])], {
    "spec.hosts": hosts,
    "spec.gateways": [...new Set(places.map(({ gateway }) => `${namespace}/${gateway}`))].sort(),
    "spec.http": http.length === 0 ? null : http,
    ...(stream && streamFields(streams, namespace, stream.route)),
  });
}

/**
 * Connections that pass through are told apart by the server name they ask for, others by port alone. Istio takes every server name of a
 * VirtualService for its Gateway's, so here it is told only those that the listener is for.
 */
function streamFields(
  places: readonly Place[],
  namespace: string,
  route: readonly JsonObject[],
): Readonly<Record<string, JsonObject[] | null>> {
  const apart = ({ listener }: Place) => tellsHostsApart(listener);
  const tls = places.filter(apart).map((place) => {
    const sniHosts = sharedHosts(place.hosts, listenerHosts(place.listener));
    return { match: [{ ...matchOf(place, namespace), sniHosts }], route };
  });
  const plain = places.filter((place) => !apart(place));
  const tcp = plain.map((place) => ({ match: [matchOf(place, namespace)], route }));
  return { "spec.tls": tls.length === 0 ? null : tls, "spec.tcp": tcp.length === 0 ? null : tcp };
}

/** Where hosts are not told apart, all that the listener takes goes to the table. */
function tellUntold(resource: ResourceKey, places: readonly Place[], out: TranslationBuilder): void {
  for (const { listener, hosts } of places) {
    const covered = listenerHosts(listener).every((host) => hosts.some((own) => coversHost(own, host)));
    const reason = `connections at listener ${listener.name} are not told apart by host: all that it takes come here`;
    if (!covered && !tellsHostsApart(listener))
      out.verdict({ resource, path: "spec.hosts" }, "approximated", reason);
  }
}

function matchOf({ listener, gateway }: Place, namespace: string): JsonObject {
  return { port: listener.port, gateways: [`${namespace}/${gateway}`] };
}

/** Where connections go whose requests the gateway does not see: as the one rule says that takes everything. */
function streamRoute(
  rules: readonly EffectiveRule[],
  namespace: string,
  context: UnitContext,
  out: TranslationBuilder,
): { readonly route: readonly JsonObject[]; readonly from: readonly Provenance[] } | undefined {
  const rule = rules.find(({ match, action }) => match === undefined && action.kind === "split");
  for (const { from } of rules)
    if (from && from !== rule?.from)
      out.verdict(from, "approximated", "not for listeners of TLS and TCP: a gateway sees no requests there");
  if (rule?.action.kind !== "split" || rule.from === undefined) return undefined;
  const from = [rule.from];
  for (const knob of Object.values(rule.knobs))
    out.verdict(
      knob.from,
      "approximated",
      "not for listeners of TLS and TCP: a gateway sees no requests there",
    );
  const to = toDestination({ itself: undefined, namespace, exposes: true }, context, out, from);
  const several = rule.action.split.length > 1;
  const route = rule.action.split.map((backend) => ({
    destination: to(backend),
    ...(several && { weight: backend.weight }),
  }));
  return { route, from };
}
