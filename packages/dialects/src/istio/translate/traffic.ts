import type { ObjectName } from "@heddle/api";
import {
  type EffectiveTraffic,
  type JsonObject,
  type Provenance,
  saysSomething,
  type TranslationBuilder,
  type UnitContext,
} from "@heddle/core";
import { tellClientsLeftOut } from "../../left-out.ts";
import { apiVersionOf } from "../api-versions.ts";
import type { Backend } from "./backend.ts";
import { httpRoutes } from "./http-routes.ts";
import { hopTo, type Leaving } from "./via-gateway.ts";

const GROUP = "networking.istio.io";

/** What is called, and what is said about calling it. */
export interface Routed extends Backend {
  readonly traffic: EffectiveTraffic | undefined;
  /** How calls leave the mesh, where they do through a gateway. */
  readonly leaving?: Leaving | undefined;
}

/**
 * All routes of a host in one VirtualService: a second one for the same host would be ignored by sidecars. The subsets it uses become
 * DestinationRule subsets, which may belong to another destination's object.
 */
export function translateTraffic(routed: Routed, context: UnitContext, out: TranslationBuilder): void {
  const { traffic, called, leaving } = routed;
  const classes = traffic?.classes ?? [];
  if (classes.length === 0 && leaving === undefined) return;
  const { mesh } = context;
  const origin = {
    itself: { ...routed, via: leaving?.requests },
    namespace: called.namespace,
    exposes: false,
  };
  const http: JsonObject[] = [];
  const from: Provenance[] = [...(leaving ? [leaving.from] : [])];
  for (const group of classes) {
    const { clients, rules } = group;
    if (clients.serviceAccounts !== undefined) {
      tellClientsLeftOut(group, ["serviceAccounts"], out);
      continue;
    }
    const said = httpRoutes(rules, clients, origin, context, out);
    http.push(...said.http);
    from.push(...said.from);
  }
  if (leaving === undefined && !classes.some(({ rules }) => rules.some(saysSomething))) return;
  if (classes.length === 0 && leaving?.requests)
    http.push({ route: [{ destination: hopTo(leaving.requests) }] });
  const tls = leaving?.connections.map(([port, hop]) => ({
    match: [{ port, sniHosts: [called.host] }],
    route: [{ destination: hopTo(hop) }],
  }));
  const name: ObjectName = {
    apiVersion: apiVersionOf(mesh, GROUP),
    kind: "VirtualService",
    namespace: called.namespace,
    name: called.name,
  };
  out.object(name, from, {
    "spec.hosts": [called.host],
    "spec.exportTo": called.exportTo ?? null,
    "spec.http": http.length === 0 ? null : http,
    "spec.tls": tls?.length ? tls : null,
  });
}
