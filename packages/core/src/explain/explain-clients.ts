import type { MeshFact } from "@heddle/api";
import { canonicalJson } from "../canonical-json.ts";

import { audiences } from "../policy/audience.ts";
import type { ClientCondition } from "../policy/client-class.ts";
import {
  type ConnectionBearing,
  type EffectiveSettings,
  effectiveConnection,
  settingsOf,
} from "../policy/effective-connection.ts";
import {
  type EffectiveRule,
  type EffectiveTraffic,
  effectiveTraffic,
  knobNames,
  knobValue,
  type TrafficBearing,
} from "../policy/effective-traffic.ts";
import { overlaps } from "../policy/merge-leaves.ts";
import { type Bearing, ofKind } from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import type { World } from "../world/world.ts";
import { contested } from "./contest.ts";
import type { ExplainedClients, ExplainedField, ExplainedRule, Unheard } from "./explanation.ts";

/** What policies come to for each class of clients in one mesh: rules and connection settings, with who lost. */
export function explainClients(
  world: World,
  cluster: ClusterWorld,
  mesh: MeshFact,
  heard: readonly Bearing[],
): { readonly clients: readonly ExplainedClients[]; readonly unheard: readonly Unheard[] } {
  const traffic = effectiveTraffic(world, cluster, mesh, ofKind(heard, "TrafficPolicy"));
  const connections = ofKind(heard, "ConnectionPolicy");
  const connection = effectiveConnection(world, cluster, mesh, connections);
  const classes = new Map<
    string,
    { clients: ClientCondition; rules: ExplainedRule[]; connection: ExplainedField[] }
  >();
  const classOf = (clients: ClientCondition) => {
    const key = canonicalJson(clients);
    const found = classes.get(key) ?? { clients, rules: [], connection: [] };
    classes.set(key, found);
    return found;
  };
  for (const { clients, rules, heard: ranked } of traffic?.classes ?? [])
    classOf(clients).rules.push(...rules.map((rule) => explainedRule(rule, ranked)));
  const audience = audiences(world, cluster, mesh, connections);
  for (const [index, told] of (connection?.classes ?? []).entries()) {
    const ranked = audience[index]?.heard ?? [];
    const fields = classOf(told.clients).connection;
    fields.push(
      ...explainedSettings(
        "",
        told,
        ranked.filter(({ ports }) => ports === undefined),
      ),
    );
    for (const [port, settings] of told.ports)
      fields.push(
        ...explainedSettings(
          `${port}: `,
          settings,
          ranked.filter(({ ports }) => ports?.includes(port) ?? true),
        ),
      );
  }
  return {
    clients: [...classes.values()].map((told) => ({ mesh: mesh.name, ...told })),
    unheard: [
      ...shadowed(traffic),
      ...(connection?.refused ?? []).map(
        (from): Unheard => ({
          ...from,
          outcome: "refused",
          why: "only the owner of the destination may say it",
        }),
      ),
    ],
  };
}

function shadowed(traffic: EffectiveTraffic | undefined): Unheard[] {
  return (traffic?.shadowed ?? []).map((from) => ({
    ...from,
    outcome: "shadowed",
    why: "a rule that is heard before it takes every request",
  }));
}

function explainedRule(rule: EffectiveRule, ranked: readonly TrafficBearing[]): ExplainedRule {
  const { name, from, match, ports, action, knobs } = rule;
  const { kind, ...rest } = action;
  return {
    name,
    from,
    match,
    ports,
    action: kind === "forward" ? "forward" : Object.values(rest)[0] === undefined ? kind : rest,
    fields: knobNames.flatMap((field) => {
      const held = knobs[field];
      if (held === undefined) return [];
      const claims = ranked.flatMap((bearing) => {
        const value = knobValue(bearing.policy.spec.defaults ?? {}, field);
        return value === undefined
          ? []
          : [{ bearing, value, from: { resource: bearing.key, path: `spec.defaults.${field}` } }];
      });
      return [contested(field, held, claims)];
    }),
  };
}

function explainedSettings(
  prefix: string,
  { settings, sources }: EffectiveSettings,
  ranked: readonly ConnectionBearing[],
): ExplainedField[] {
  const claims = ranked.flatMap((bearing) =>
    [...settingsOf(bearing)].map(([field, value]) => ({
      field,
      bearing,
      value,
      from: { resource: bearing.key, path: `spec.${field}` },
    })),
  );
  return [...sources].map(([field, from]) =>
    contested(
      `${prefix}${field}`,
      { value: valueAt(settings, field), from },
      claims.filter((claim) => overlaps(claim.field, field)),
    ),
  );
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (at, step) =>
        at !== null && typeof at === "object" ? (at as Record<string, unknown>)[step] : undefined,
      value,
    );
}
