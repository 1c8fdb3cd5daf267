import { type ResourceKey, type ResourceOf, resourceKey } from "@heddle/api";
import { MultiMap } from "../multi-map.ts";

export type RouteTable = ResourceOf<"RouteTable">;
export type GatewayRef = NonNullable<RouteTable["spec"]["gateways"]>[number];
export type DelegateRef = NonNullable<RouteTable["spec"]["rules"][number]["delegate"]>;

/** The Gateway that a route table names. */
export function gatewayKeyOf(table: RouteTable, { workspace, name }: GatewayRef): ResourceKey {
  return `Gateway/${workspace ?? table.metadata.workspace}/${name}`;
}

/** Route tables by what they hang together with, so that a change finds what it touches without a scan. */
export class RouteIndex {
  readonly #byGateway = new MultiMap<ResourceKey, RouteTable>();
  /** By Gateway and host. */
  readonly #byHost = new MultiMap<string, RouteTable>();
  readonly #byWorkspace = new MultiMap<string, RouteTable>();
  /** Tables that delegate to a table by its name. */
  readonly #byDelegate = new MultiMap<ResourceKey, RouteTable>();
  /** Tables that delegate to those of a workspace by labels. */
  readonly #byDelegatedWorkspace = new MultiMap<string, RouteTable>();

  add(table: RouteTable): void {
    this.#index(table, "add");
  }

  delete(table: RouteTable): void {
    this.#index(table, "delete");
  }

  boundTo(gateway: ResourceKey): ReadonlySet<RouteTable> {
    return this.#byGateway.get(gateway);
  }

  /** Tables, the given one among them, that are for this host at the Gateway. */
  serving(gateway: ResourceKey, host: string): ReadonlySet<RouteTable> {
    return this.#byHost.get(`${gateway} ${host}`);
  }

  /** Tables of a workspace. */
  of(workspace: string): ReadonlySet<RouteTable> {
    return this.#byWorkspace.get(workspace);
  }

  /**
   * Tables whose routes hang on a table: itself, all that delegate to it, over however many others, who is for the same hosts, and whoever
   * is at one of its Gateways where `exclusive` says that tables keep others out whatever their hosts.
   */
  touchedBy(table: RouteTable, exclusive: (gateway: ResourceKey) => boolean): Set<RouteTable> {
    const found = new Set([table]);
    for (const each of found) for (const delegator of this.#delegatorsOf(each)) found.add(delegator);
    for (const gateway of (table.spec.gateways ?? []).map((ref) => gatewayKeyOf(table, ref))) {
      if (exclusive(gateway)) for (const rival of this.boundTo(gateway)) found.add(rival);
      for (const host of table.spec.hosts ?? [])
        for (const rival of this.serving(gateway, host)) found.add(rival);
    }
    return found;
  }

  *#delegatorsOf(table: RouteTable): Iterable<RouteTable> {
    yield* this.#byDelegate.get(resourceKey(table));
    yield* this.#byDelegatedWorkspace.get(table.metadata.workspace);
  }

  #index(table: RouteTable, how: "add" | "delete"): void {
    const { workspace } = table.metadata;
    this.#byWorkspace[how](workspace, table);
    for (const ref of table.spec.gateways ?? []) {
      const gateway = gatewayKeyOf(table, ref);
      this.#byGateway[how](gateway, table);
      for (const host of table.spec.hosts ?? []) this.#byHost[how](`${gateway} ${host}`, table);
    }
    for (const { delegate } of table.spec.rules) {
      if (delegate === undefined) continue;
      const to = delegate.workspace ?? workspace;
      if (delegate.name === undefined) this.#byDelegatedWorkspace[how](to, table);
      else this.#byDelegate[how](`RouteTable/${to}/${delegate.name}`, table);
    }
  }
}
