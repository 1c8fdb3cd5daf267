import { isDeepStrictEqual } from "node:util";
import type { Fact, FactKey, MeshFact, WorkloadFact } from "@heddle/api";
import { factKey } from "@heddle/api/fact-key";
import type { ClusterView, ControlPlaneView, Detector } from "@heddle/core";
import {
  type NamespaceSeen,
  type PodSeen,
  podKinds,
  type ServiceSeen,
  type TemplateSeen,
} from "./projections.ts";

/** Workload kinds that have a pod template. */
export const templateKinds = ["Deployment", "StatefulSet", "DaemonSet"] as const;
export type TemplateKind = (typeof templateKinds)[number];

const workloadKinds: ReadonlySet<string> = new Set([...templateKinds, ...podKinds]);

/**
 * Everything seen in the cluster, and the facts that follow from it. Changes mark what has to be looked at again; `settle` computes just
 * that and says which facts came out different.
 */
export class FactTable {
  readonly #detectors: readonly Detector[];
  readonly #namespaces = new Map<string, NamespaceSeen>();
  readonly #services = new Map<string, ServiceSeen>();
  /** By `namespace/KIND.NAME`. */
  readonly #templates = new Map<string, TemplateSeen>();
  readonly #pods = new Map<string, PodSeen>();
  readonly #podsByWorkload = new Map<string, Set<string>>();
  readonly #workloadsByNamespace = new Map<string, Set<string>>();
  readonly #facts = new Map<FactKey, Fact>();
  readonly #dirty = new Set<string>();
  #apis: ReadonlySet<string> = new Set();
  readonly #controlPlanes = new Map<string, ControlPlaneView>();
  /** By `namespace/name`: those that have been asked for. */
  readonly #configMaps = new Map<string, Readonly<Record<string, string>>>();
  #meshes: readonly MeshFact[] = [];
  #meshesDirty = true;

  constructor(detectors: readonly Detector[]) {
    this.#detectors = detectors;
  }

  namespace(name: string, seen: NamespaceSeen | undefined): void {
    put(this.#namespaces, name, seen);
    this.#dirty.add(`namespace|${name}`);
    for (const workload of this.#workloadsByNamespace.get(name) ?? [])
      this.#dirty.add(`workload|${workload}`);
  }

  service(key: string, seen: ServiceSeen | undefined): void {
    put(this.#services, key, seen);
    this.#dirty.add(`service|${key}`);
  }

  template(kind: TemplateKind, key: string, seen: TemplateSeen | undefined): void {
    const [namespace = "", name = ""] = key.split("/");
    const workload = `${namespace}/${kind}.${name}`;
    const controlPlane =
      kind === "StatefulSet" || seen?.controlPlane === undefined
        ? undefined
        : { kind, namespace, name, ...seen.controlPlane };
    if (controlPlane !== undefined || this.#controlPlanes.has(workload)) this.#meshesDirty = true;
    put(this.#controlPlanes, workload, controlPlane);
    put(this.#templates, workload, seen);
    this.#touchWorkload(workload);
  }

  pod(key: string, seen: PodSeen | undefined): void {
    const namespace = key.slice(0, key.indexOf("/"));
    const previous = this.#pods.get(key);
    put(this.#pods, key, seen);
    for (const pod of [previous, seen]) {
      if (pod === undefined) continue;
      const workload = `${namespace}/${pod.owner}`;
      const members = this.#podsByWorkload.get(workload) ?? new Set();
      if (pod === seen) members.add(key);
      else if (seen?.owner !== pod.owner) members.delete(key);
      if (members.size === 0) this.#podsByWorkload.delete(workload);
      else this.#podsByWorkload.set(workload, members);
      this.#touchWorkload(workload);
    }
  }

  apis(apis: ReadonlySet<string>): void {
    this.#apis = apis;
    this.#meshesDirty = true;
  }

  /** What a ConfigMap has; one that does not exist has nothing. */
  configMap(key: string, data: Readonly<Record<string, string>>): void {
    if (isDeepStrictEqual(this.#configMaps.get(key), data)) return;
    this.#configMaps.set(key, data);
    this.#meshesDirty = true;
  }

  /** ConfigMaps that detection wants to see now. */
  wantedConfigMaps(): { readonly namespace: string; readonly name: string }[] {
    return [...this.#controlPlanes.values()].flatMap((controlPlane) =>
      this.#detectors
        .filter((detector) => detector.isControlPlane(controlPlane))
        .flatMap((detector) => detector.configMaps(controlPlane)),
    );
  }

  /** Those of them that nobody has asked for yet, as `namespace/name`. Until then meshes are told as they were. */
  unreadConfigMaps(): string[] {
    return this.wantedConfigMaps()
      .map(({ namespace, name }) => `${namespace}/${name}`)
      .filter((key) => !this.#configMaps.has(key));
  }

  facts(): Fact[] {
    return [...this.#facts.values()];
  }

  /** Facts that came out different since the last call. */
  settle(): { readonly upserts: Fact[]; readonly deletes: FactKey[] } {
    const upserts: Fact[] = [];
    const deletes: FactKey[] = [];
    const publish = (key: FactKey, fact: Fact | undefined) => {
      if (fact === undefined) {
        if (this.#facts.delete(key)) deletes.push(key);
        return;
      }
      if (isDeepStrictEqual(this.#facts.get(key), fact)) return;
      this.#facts.set(key, fact);
      upserts.push(fact);
    };
    // A mesh without its settings would be told with a trust domain that is not its own.
    if (this.#meshesDirty && this.unreadConfigMaps().length === 0) this.#settleMeshes(publish);
    for (const entry of this.#dirty) {
      const bar = entry.indexOf("|");
      const key = entry.slice(bar + 1);
      const [namespace = "", name = ""] = key.split("/");
      switch (entry.slice(0, bar)) {
        case "namespace":
          publish(`Namespace//${key}`, this.#namespaceFact(key));
          break;
        case "service":
          publish(`Destination/${namespace}/${name}`, this.#services.get(key)?.fact);
          publish(`GatewayEndpoint/${namespace}/${name}`, this.#gatewayFact(key));
          break;
        case "workload":
          publish(`Workload/${namespace}/${name}`, this.#workloadFact(key));
          break;
      }
    }
    this.#dirty.clear();
    return { upserts, deletes };
  }

  #settleMeshes(publish: (key: FactKey, fact: Fact | undefined) => void): void {
    this.#meshesDirty = false;
    const view: ClusterView = {
      apis: this.#apis,
      controlPlanes: [...this.#controlPlanes.values()],
      configMaps: this.#configMaps,
    };
    const wanted = new Set(this.wantedConfigMaps().map(({ namespace, name }) => `${namespace}/${name}`));
    for (const key of this.#configMaps.keys()) if (!wanted.has(key)) this.#configMaps.delete(key);
    const before = new Set(this.#meshes.map(factKey));
    const known = this.#meshes;
    this.#meshes = this.#detectors.flatMap((detector) => detector.meshes(view));
    for (const mesh of this.#meshes) {
      before.delete(factKey(mesh));
      publish(factKey(mesh), mesh);
    }
    for (const key of before) publish(key, undefined);
    if (isDeepStrictEqual(this.#meshes, known)) return;
    for (const workloads of this.#workloadsByNamespace.values())
      for (const workload of workloads) this.#dirty.add(`workload|${workload}`);
    for (const service of this.#services.keys()) this.#dirty.add(`service|${service}`);
  }

  #touchWorkload(workload: string): void {
    const namespace = workload.slice(0, workload.indexOf("/"));
    const there = this.#templates.has(workload) || this.#podsByWorkload.has(workload);
    const workloads = this.#workloadsByNamespace.get(namespace) ?? new Set();
    if (there) workloads.add(workload);
    else workloads.delete(workload);
    if (workloads.size === 0) this.#workloadsByNamespace.delete(namespace);
    else this.#workloadsByNamespace.set(namespace, workloads);
    this.#dirty.add(`workload|${workload}`);
  }

  #namespaceFact(name: string): Fact | undefined {
    const seen = this.#namespaces.get(name);
    return (
      seen && {
        kind: "Namespace",
        name,
        labels: { ...seen.labels },
        ...(seen.terminating && { terminating: true }),
      }
    );
  }

  #gatewayFact(key: string): Fact | undefined {
    const seen = this.#services.get(key);
    if (seen === undefined) return undefined;
    const { namespace, name, labels, selector, ports } = seen.fact;
    for (const detector of this.#detectors) {
      const role = detector.gatewayRole?.({ labels, selector });
      if (role !== undefined)
        return {
          kind: "GatewayEndpoint",
          namespace,
          name,
          role,
          labels: { ...labels },
          addresses: [...seen.addresses],
          ports: ports.map((port) => ({ ...(port.name && { name: port.name }), port: port.port })),
        };
    }
    return undefined;
  }

  #workloadFact(key: string): Fact | undefined {
    const [namespace = "", workload = ""] = key.split("/");
    const dot = workload.indexOf(".");
    const kind = workload.slice(0, dot);
    const template = this.#templates.get(key);
    const pods = [...(this.#podsByWorkload.get(key) ?? [])].flatMap((pod) => this.#pods.get(pod) ?? []);
    const own = pods[0]?.own;
    if (!workloadKinds.has(kind) || (template === undefined && own === undefined)) return undefined;
    const meshes = pods.map((pod) =>
      this.#meshOf(namespace, pod.labels, pod.annotations, pod.containers.split(",")),
    );
    const mesh =
      meshes.find((found) => found !== undefined) ??
      (template && pods.length === 0
        ? this.#meshOf(namespace, template.labels, template.annotations, undefined)
        : undefined);
    return {
      kind: "Workload",
      workloadKind: kind as WorkloadFact["workloadKind"],
      namespace,
      name: workload.slice(dot + 1),
      labels: { ...(template ?? pods[0])?.labels },
      serviceAccount: template?.serviceAccount ?? own?.serviceAccount ?? "default",
      ...(mesh && { mesh: mesh.name }),
      ports: [...(template ?? own ?? { ports: [] }).ports],
      pods: {
        total: pods.length,
        ready: pods.filter(({ ready }) => ready).length,
        meshed: meshes.filter((found) => found !== undefined).length,
      },
    };
  }

  #meshOf(
    namespace: string,
    labels: Readonly<Record<string, string>>,
    annotations: Readonly<Record<string, string>>,
    containers: readonly string[] | undefined,
  ): MeshFact | undefined {
    const seen = this.#namespaces.get(namespace);
    const pod = {
      namespace,
      namespaceLabels: seen?.labels ?? {},
      namespaceAnnotations: seen?.annotations ?? {},
      labels,
      annotations,
      containers,
    };
    for (const detector of this.#detectors) {
      const found = detector.meshOf(pod, this.#meshes);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function put<V>(map: Map<string, V>, key: string, value: V | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
