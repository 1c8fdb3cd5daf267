import type { RoleSource } from "../auth/rbac.ts";
import { builtinResources } from "../builtins/builtin-resources.ts";
import { ServiceAllocator } from "../builtins/cluster-ips.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { Registry } from "../resources/registry.ts";
import type { Resource } from "../resources/resource.ts";
import { Store } from "../store/store.ts";

/** The state of one simulated cluster: what it serves and what is stored. */
export class Cluster implements RoleSource {
  readonly registry = new Registry();
  readonly store: Store;
  readonly services = new ServiceAllocator();

  constructor(watchWindow: number) {
    this.store = new Store(watchWindow);
    for (const resource of builtinResources) {
      this.registry.set(resource);
      this.store.table(resource); // its watch window begins now
    }
  }

  /** A built-in resource by group and plural; asking for one that is not built in is a bug. */
  builtin(group: string, plural: string): Resource {
    const resource = this.registry.get(group, plural);
    if (resource === undefined) throw new Error(`${plural}.${group} is not built in`);
    return resource;
  }

  namespace(name: string): KubeObject | undefined {
    return this.store.get(this.builtin("", "namespaces"), "", name)?.object;
  }

  *#rbac(plural: string): Generator<KubeObject> {
    const table = this.store.table(this.builtin("rbac.authorization.k8s.io", plural));
    for (const entry of table.entries.values()) yield entry.object;
  }
  clusterRoleBindings(): Iterable<KubeObject> {
    return this.#rbac("clusterrolebindings");
  }
  roleBindings(namespace: string): Iterable<KubeObject> {
    return this.#rbac("rolebindings").filter((binding) => binding.metadata["namespace"] === namespace);
  }
  clusterRole(name: string): KubeObject | undefined {
    return this.store.get(this.builtin("rbac.authorization.k8s.io", "clusterroles"), "", name)?.object;
  }
  role(namespace: string, name: string): KubeObject | undefined {
    return this.store.get(this.builtin("rbac.authorization.k8s.io", "roles"), namespace, name)?.object;
  }
}
