import { nearestName, type ResourceKey } from "@heddle/api";
import { type EffectiveRoutes, effectiveRoutes } from "../policy/effective-routes.ts";
import { sharedHosts } from "../selecting/host-patterns.ts";
import type { UnitFinding } from "../translation/contribution.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import { keyOfUnit } from "../world/resource-unit.ts";
import { bindingsOf, listenerHosts, type RouteBinding, tellsHostsApart } from "../world/route-binding.ts";
import type { RouteTable } from "../world/route-index.ts";
import type { Unit } from "../world/unit.ts";
import type { World } from "../world/world.ts";
import type { Subject } from "./subject.ts";

/** A route table at its gateways, with all that it delegates to; undefined where none of its gateways are. */
export function routesSubject(world: World, cluster: ClusterWorld, unit: Unit): Subject | undefined {
  const key = keyOfUnit("RouteTable", unit);
  const table = world.resources.get(key);
  if (table?.kind !== "RouteTable" || table.spec.gateways === undefined || cluster.meshes.size === 0)
    return undefined;
  const bindings = bindingsOf(world, cluster, table);
  const dangling = bindings.filter(({ gateway }) => gateway === undefined);
  if (dangling.length === 0 && bindings.every(({ sites }) => sites.length === 0)) return undefined;
  const routes = effectiveRoutes(world, table);
  return {
    own: [...routes.tables],
    meshes: cluster.meshesInOrder(),
    bearings: [],
    translate({ dialect, context }, out) {
      const ofMesh = (mesh: string | undefined) => mesh === undefined || mesh === context.mesh.name;
      const here = bindings.map((binding) => ({
        ...binding,
        sites: binding.sites.filter(({ mesh }) => ofMesh(mesh)),
      }));
      const bound = here.filter(({ sites }) => sites.length > 0);
      for (const finding of findingsOf(key, table, [...dangling, ...bound], routes, unit))
        out.finding(finding);
      const { rules } = routes;
      const served = bound.filter(({ listeners }) => listeners.length > 0);
      if (served.length > 0) dialect.translate.routes?.({ table, bindings: served, rules }, context, out);
      return [];
    },
  };
}

function* findingsOf(
  resource: ResourceKey,
  { spec }: RouteTable,
  bindings: readonly RouteBinding[],
  routes: EffectiveRoutes,
  unit: Unit,
): Iterable<UnitFinding> {
  yield* routes.findings;
  for (const { index, key, gateway, listeners, forbidden, taken } of bindings) {
    const path = `spec.gateways[${index}]`;
    const wanted = spec.gateways?.[index];
    if (gateway === undefined) {
      yield {
        resource,
        path: `${path}.name`,
        code: "REFERENCE_NOT_FOUND",
        reason: `there is no ${key}`,
        remedy: "correct the name and workspace, or create the Gateway",
      };
      continue;
    }
    const names = gateway.spec.listeners.map(({ name }) => name);
    if (wanted?.listener !== undefined && !names.includes(wanted.listener)) {
      const nearest = nearestName(wanted.listener, names);
      yield {
        resource,
        path: `${path}.listener`,
        code: "REFERENCE_NOT_FOUND",
        reason: `${key} has no listener ${wanted.listener}${nearest === undefined ? "" : `; did you mean ${nearest}?`}`,
        remedy: `use one of ${names.join(", ")}`,
      };
    }
    if (forbidden.length > 0 && (listeners.length === 0 || wanted?.listener !== undefined))
      yield {
        resource,
        path,
        code: "WORKSPACE_NOT_ALLOWED",
        reason: `${key} does not let workspace ${unit.namespace} use listener ${forbidden.map(({ name }) => name).join(", ")}`,
        remedy: "ask its workspace to add this one to allowedWorkspaces",
      };
    const hosts = [...taken].flatMap(([listener, held]) => (tellsHostsApart(listener) ? [...held] : []));
    for (const [host, holder] of new Map(hosts))
      yield {
        resource,
        path: `spec.hosts[${spec.hosts?.indexOf(host) ?? 0}]`,
        code: "HOST_TAKEN",
        reason: `${holder}, which was accepted first, already serves ${host} at ${key}`,
        remedy: "use another host or listener, or let the other table delegate to this one",
      };
    for (const [listener, held] of taken) {
      const [holder] = held.values();
      if (holder === undefined || tellsHostsApart(listener)) continue;
      yield {
        resource,
        path,
        code: "CONFLICT",
        reason: `${holder}, which was accepted first, has listener ${listener.name} of ${key}: connections there are not told apart by host`,
        remedy: "use another listener",
      };
    }
  }
  yield* unservedHosts(resource, spec.hosts ?? [], bindings);
}

/** Hosts of the table that none of the listeners which serve it is for. */
function* unservedHosts(
  resource: ResourceKey,
  hosts: readonly string[],
  bindings: readonly RouteBinding[],
): Iterable<UnitFinding> {
  const listeners = bindings.flatMap((binding) => binding.listeners);
  if (listeners.length === 0) return;
  const open = listeners.flatMap(listenerHosts);
  for (const [index, host] of hosts.entries())
    if (sharedHosts([host], open).length === 0)
      yield {
        resource,
        path: `spec.hosts[${index}]`,
        code: "HOST_NOT_SERVED",
        reason: `no listener that serves the table is for ${host}: they are for ${open.join(", ")}`,
        remedy: "add it to the hosts of a listener, or remove it here",
      };
}
