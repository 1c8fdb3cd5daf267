import { type ResourceKey, resourceKey } from "@heddle/api";
import { sharedHosts } from "../selecting/host-patterns.ts";
import { byAge, isOlder } from "./age.ts";
import type { ClusterWorld } from "./cluster-world.ts";
import type { Gateway } from "./gateway-index.ts";
import { type GatewaySite, gatewaySites } from "./gateway-site.ts";
import { administratorWorkspace } from "./ownership.ts";
import { gatewayKeyOf, type RouteTable } from "./route-index.ts";
import type { World } from "./world.ts";

export type Listener = Gateway["spec"]["listeners"][number];

/** What one entry of a table's `gateways` comes to in a cluster. */
export interface RouteBinding {
  /** Index of the entry. */
  readonly index: number;
  readonly key: ResourceKey;
  /** Undefined when there is no such Gateway. */
  readonly gateway: Gateway | undefined;
  /** Listeners that serve the table; empty when there is no such listener, or it is not for the table's workspace. */
  readonly listeners: readonly Listener[];
  /** Listeners that the entry means and that are for other workspaces only. */
  readonly forbidden: readonly Listener[];
  readonly sites: readonly GatewaySite[];
  /** By listener, hosts of the table that another table was given before, with that table. */
  readonly taken: ReadonlyMap<Listener, ReadonlyMap<string, ResourceKey>>;
}

export function bindingsOf(world: World, cluster: ClusterWorld, table: RouteTable): RouteBinding[] {
  return (table.spec.gateways ?? []).map((ref, index) => {
    const key = gatewayKeyOf(table, ref);
    const gateway = world.resources.get(key);
    if (gateway?.kind !== "Gateway")
      return { index, key, gateway: undefined, listeners: [], forbidden: [], sites: [], taken: new Map() };
    const meant = gateway.spec.listeners.filter(({ name }) => name === (ref.listener ?? name));
    const open = meant.filter((listener) => admits(gateway, listener, table));
    return {
      index,
      key,
      gateway,
      listeners: open,
      forbidden: meant.filter((listener) => !open.includes(listener)),
      sites: gatewaySites(world, cluster, gateway).filter(({ foreign }) => foreign.length === 0),
      taken: new Map(open.map((listener) => [listener, takenAt(world, gateway, listener, table, key)])),
    };
  });
}

function admits(gateway: Gateway, { allowedWorkspaces }: Listener, { metadata }: RouteTable): boolean {
  const { workspace } = metadata;
  return (
    workspace === administratorWorkspace ||
    workspace === gateway.metadata.workspace ||
    (allowedWorkspaces?.some((allowed) => allowed === "*" || allowed === workspace) ?? false)
  );
}

/**
 * What of a listener the table does not get: a host belongs to the table that was accepted first, and where hosts are not told apart, so
 * does the whole listener (findings HOST_TAKEN and CONFLICT).
 */
function takenAt(
  world: World,
  gateway: Gateway,
  listener: Listener,
  table: RouteTable,
  key: ResourceKey,
): Map<string, ResourceKey> {
  const [open, taken] = [listenerHosts(listener), new Map<string, ResourceKey>()];
  const oldest = (rivals: Iterable<RouteTable>) =>
    [...rivals]
      .filter((rival) => rival !== table && isOlder(rival, table))
      .filter((rival) => servedAt(rival, gateway, key).includes(listener))
      .sort(byAge)[0];
  const whole = tellsHostsApart(listener)
    ? undefined
    : oldest(
        [...world.routes.boundTo(key)].filter(({ spec }) => sharedHosts(spec.hosts ?? [], open).length > 0),
      );
  for (const host of table.spec.hosts ?? []) {
    if (sharedHosts([host], open).length === 0) continue;
    const holder = whole ?? oldest(world.routes.serving(key, host));
    if (holder !== undefined) taken.set(host, resourceKey(holder));
  }
  return taken;
}

/** Hosts that a listener is for. */
export function listenerHosts({ hosts }: Listener): readonly string[] {
  return hosts ?? ["*"];
}

/** Plain TCP names no host, and where TLS ends at the gateway, it looks for no more than the listener. */
export function tellsHostsApart({ protocol, tls }: Listener): boolean {
  return protocol !== "TCP" && !(protocol === "TLS" && tls?.mode === "Terminate");
}

function servedAt(table: RouteTable, gateway: Gateway, key: ResourceKey): readonly Listener[] {
  const refs = (table.spec.gateways ?? []).filter((ref) => gatewayKeyOf(table, ref) === key);
  return gateway.spec.listeners.filter(
    (listener) =>
      refs.some((ref) => listener.name === (ref.listener ?? listener.name)) &&
      admits(gateway, listener, table),
  );
}
