import type { NamespaceSelector, ResourceOf } from "@heddle/api";
import { defaultWorkspace } from "@heddle/api";
import { hasLabels } from "../selecting/labels.ts";
import { inCluster } from "../selecting/target-match.ts";
import { byAge } from "./age.ts";
import { administratorWorkspace, type Ownership, type Standing, type Subject } from "./ownership.ts";
import type { World } from "./world.ts";

type Workspace = ResourceOf<"Workspace">;

/**
 * Ownership as the Workspace resources say it. Of several that claim a namespace the older has it; what nobody claims belongs to the
 * administrator's workspace. `forget` must be called when a workspace, a cluster or a namespace changes.
 */
export class WorkspaceOwnership implements Ownership {
  readonly #world: World;
  readonly #owners = new Map<string, string>();
  #byAge: readonly Workspace[] | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  get any(): boolean {
    return this.#workspaces().length > 0;
  }

  forget(): void {
    this.#owners.clear();
    this.#byAge = undefined;
  }

  owner(cluster: string, namespace: string): string {
    const key = `${cluster}|${namespace}`;
    const known = this.#owners.get(key);
    if (known !== undefined) return known;
    const found = this.#workspaces().find(({ spec }) =>
      spec.owns.some((entry) => this.#claims(entry, cluster, namespace)),
    );
    const owner = found?.metadata.name ?? defaultWorkspace;
    this.#owners.set(key, owner);
    return owner;
  }

  owns(workspace: string, cluster: string, namespace: string): boolean {
    return workspace === administratorWorkspace || this.owner(cluster, namespace) === workspace;
  }

  standing(workspace: string, cluster: string, subject: Subject): Standing {
    if (this.owns(workspace, cluster, subject.namespace)) return "owner";
    const owner = this.owner(cluster, subject.namespace);
    const [exporter, importer] = [this.#workspace(owner), this.#workspace(workspace)];
    const exported = exporter?.spec.exports.some(
      ({ workspaces, resources }) => names(workspaces, workspace) && shares(resources, subject),
    );
    const imported = importer?.spec.imports.some(
      ({ workspace: from, resources }) => names([from], owner) && shares(resources, subject),
    );
    return exported && imported ? "consumer" : "none";
  }

  namespacesOf(workspace: string, cluster: string): readonly string[] {
    const members = this.#world.clusters.get(cluster)?.members.keys() ?? [];
    return [...members].filter((namespace) => this.owner(cluster, namespace) === workspace).sort();
  }

  #claims(entry: NamespaceSelector, clusterName: string, namespace: string): boolean {
    const cluster = this.#world.clusters.get(clusterName);
    if (cluster === undefined || !inCluster(entry, cluster.cluster)) return false;
    if (entry.namespaces !== undefined && !names(entry.namespaces, namespace)) return false;
    return hasLabels(cluster.namespaces.get(namespace)?.labels ?? {}, entry.namespaceLabels);
  }

  #workspaces(): readonly Workspace[] {
    this.#byAge ??= [...this.#world.ofKind("Workspace")].sort(byAge);
    return this.#byAge;
  }

  #workspace(name: string): Workspace | undefined {
    return this.#workspaces().find(({ metadata }) => metadata.name === name);
  }
}

function names(list: readonly string[], name: string): boolean {
  return list.some((entry) => entry === "*" || entry === name);
}

function shares(resources: Workspace["spec"]["exports"][number]["resources"], subject: Subject): boolean {
  if (resources === undefined) return true;
  return resources.some(
    ({ kind, name, namespaces, labels }) =>
      (kind === undefined || kind === "Service") &&
      (name === undefined || name === subject.name) &&
      (namespaces === undefined || namespaces.includes(subject.namespace)) &&
      hasLabels(subject.labels, labels),
  );
}
