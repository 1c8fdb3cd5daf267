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

const GROUP = "networking.istio.io";

/** What is called, and what is said about calling it. */
export interface Routed extends Backend {
  readonly traffic: EffectiveTraffic | undefined;
}

/**
 * All routes of a host in one VirtualService: a second one for the same host would be ignored by sidecars. The subsets it uses become
 * DestinationRule subsets, which may belong to another destination's object.
 */
export function translateTraffic(routed: Routed, context: UnitContext, out: TranslationBuilder): void {
  const { traffic, called } = routed;
  if (traffic === undefined) return;
  const { mesh } = context;
  const origin = { itself: routed, namespace: called.namespace, exposes: false };
  const http: JsonObject[] = [];
  const from: Provenance[] = [];
  for (const group of traffic.classes) {
    const { clients, rules } = group;
    if (clients.serviceAccounts !== undefined) {
      tellClientsLeftOut(group, ["serviceAccounts"], out);
      continue;
    }
    const said = httpRoutes(rules, clients, origin, context, out);
    http.push(...said.http);
    from.push(...said.from);
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
