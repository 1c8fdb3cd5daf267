import { type ResourceKey, resourceKey } from "@heddle/api";
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
  /** Hosts of the table that another table was given before, with that table. */
  readonly taken: ReadonlyMap<string, ResourceKey>;
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
      taken: takenHosts(world, gateway, open, table, key),
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

/** A host belongs to the table that was accepted first, at each listener (finding HOST_TAKEN). */
function takenHosts(
  world: World,
  gateway: Gateway,
  listeners: readonly Listener[],
  table: RouteTable,
  key: ResourceKey,
): Map<string, ResourceKey> {
  const taken = new Map<string, ResourceKey>();
  for (const host of table.spec.hosts ?? []) {
    const [first] = [...world.routes.serving(key, host)]
      .filter((rival) => rival !== table && isOlder(rival, table))
      .filter((rival) => servedAt(rival, gateway, key).some((listener) => listeners.includes(listener)))
      .sort(byAge);
    if (first !== undefined) taken.set(host, resourceKey(first));
  }
  return taken;
}

function servedAt(table: RouteTable, gateway: Gateway, key: ResourceKey): readonly Listener[] {
  const refs = (table.spec.gateways ?? []).filter((ref) => gatewayKeyOf(table, ref) === key);
  return gateway.spec.listeners.filter(
    (listener) =>
      refs.some((ref) => listener.name === (ref.listener ?? listener.name)) &&
      admits(gateway, listener, table),
  );
}
