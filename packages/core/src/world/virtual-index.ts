import type { ResourceOf } from "@heddle/api";
import { MultiMap } from "../multi-map.ts";

export type VirtualDestination = ResourceOf<"VirtualDestination">;
export type BackendSelector = VirtualDestination["spec"]["backends"][number]["selector"];

/** Virtual destinations by their hosts, and by what their backends could select; whether they really do is still to be asked. */
export class VirtualIndex {
  readonly #bySelector = new MultiMap<string, VirtualDestination>();
  readonly #byHost = new MultiMap<string, VirtualDestination>();

  add(destination: VirtualDestination): void {
    for (const key of keysOf(destination)) this.#bySelector.add(key, destination);
    for (const host of destination.spec.hosts) this.#byHost.add(host, destination);
  }

  delete(destination: VirtualDestination): void {
    for (const key of keysOf(destination)) this.#bySelector.delete(key, destination);
    for (const host of destination.spec.hosts) this.#byHost.delete(host, destination);
  }

  /** Those that want this host. */
  claiming(host: string): ReadonlySet<VirtualDestination> {
    return this.#byHost.get(host);
  }

  /** Those that could select a Service of this name. */
  selecting(namespace: string, name: string): ReadonlySet<VirtualDestination> {
    if (this.#bySelector.size === 0) return NONE;
    return this.#of([`${namespace}|${name}`, `${namespace}|*`, `*|${name}`, "*|*"]);
  }

  /** Those that could select an external service of this name. */
  selectingExternal(name: string): Set<VirtualDestination> {
    return this.#of([`external ${name}`, "external *"]);
  }

  #of(keys: readonly string[]): Set<VirtualDestination> {
    return new Set(keys.flatMap((key) => [...this.#bySelector.get(key)]));
  }
}

const NONE: ReadonlySet<never> = new Set();

function keysOf({ spec }: VirtualDestination): Set<string> {
  return new Set(spec.backends.flatMap(({ selector }) => keysOfSelector(selector)));
}

function keysOfSelector({ kind, name = "*", namespace, namespaces = ["*"] }: BackendSelector): string[] {
  if (kind === "ExternalService") return [`external ${name}`];
  if (kind !== "Service") return [];
  return (namespace === undefined ? namespaces : [namespace]).map((within) => `${within}|${name}`);
}
