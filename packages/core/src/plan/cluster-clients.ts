import type { WorkloadFact } from "@heddle/api";
import { MultiMap } from "../multi-map.ts";
import type { EffectiveAccess } from "../policy/effective-access.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import type { Client } from "./reach.ts";

/** Who may call in a cluster, as its inventory knows; read once for all destinations of a plan. */
export class ClusterClients {
  readonly #all: readonly Client[];
  readonly #byAccount = new MultiMap<string, Client>();
  readonly #byNamespace = new MultiMap<string, Client>();
  /** Workloads without a proxy, or with pods that were started before they got one, in order. */
  readonly unmeshed: readonly string[];

  constructor(cluster: ClusterWorld) {
    const clients = new Map<string, Client>();
    const unmeshed: string[] = [];
    for (const namespace of cluster.members.keys())
      for (const { name, serviceAccount, mesh, pods } of callersIn(cluster, namespace)) {
        const trustDomain = mesh === undefined ? undefined : cluster.meshes.get(mesh)?.trustDomain;
        const client = { cluster: cluster.cluster.name, namespace, serviceAccount, trustDomain };
        clients.set(`${nameOf(client)} ${trustDomain ?? ""}`, client);
        if (mesh === undefined) unmeshed.push(`${namespace}/${name}`);
        else if (pods.meshed < pods.total)
          unmeshed.push(`${namespace}/${name} (${pods.total - pods.meshed} of ${pods.total} pods)`);
      }
    this.#all = [...clients.values()];
    for (const client of this.#all) {
      this.#byAccount.add(nameOf(client), client);
      this.#byNamespace.add(client.namespace, client);
    }
    this.unmeshed = unmeshed.sort();
  }

  /** Clients that rules may let in. Where ALLOWs name accounts or namespaces nobody else has to be asked. */
  candidates({ rules }: EffectiveAccess): Iterable<Client> {
    const allows = rules.filter(({ spec }) => spec.action === "ALLOW" && spec.dryRun !== true);
    const found = new Set<Client>();
    for (const { spec } of allows) {
      if (spec.from === undefined) return this.#all;
      for (const { serviceAccounts, namespaces } of spec.from) {
        if (serviceAccounts === undefined && namespaces === undefined) return this.#all;
        for (const account of serviceAccounts ?? [])
          for (const client of this.#byAccount.get(account)) found.add(client);
        if (serviceAccounts === undefined)
          for (const namespace of namespaces ?? [])
            for (const client of this.#byNamespace.get(namespace)) found.add(client);
      }
    }
    return allows.length === 0 ? this.#all : found;
  }
}

/** `namespace/service account`, as policies name clients. */
export function nameOf({ namespace, serviceAccount }: Pick<Client, "namespace" | "serviceAccount">): string {
  return `${namespace}/${serviceAccount}`;
}

/** Workloads of a namespace that may call others; a mesh's own control plane, which has no proxy, calls none. */
function callersIn(cluster: ClusterWorld, namespace: string): WorkloadFact[] {
  const own = [...cluster.meshes.values()].some((mesh) => mesh.namespace === namespace);
  return [...cluster.workloadsByNamespace.get(namespace)].filter(
    ({ mesh, pods }) => !own || (mesh !== undefined && pods.meshed > 0),
  );
}
