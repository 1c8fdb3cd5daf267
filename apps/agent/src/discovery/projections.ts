import type { DestinationFact, WorkloadFact } from "@heddle/api";
import type { ControlPlaneView } from "@heddle/core";
import { bundleLabel, fieldManager, type KubeObject, managedByLabel } from "@heddle/kube";

/** The little that is kept of raw objects. Every function copies what it keeps, so that the object itself can be forgotten. */

type Labels = Readonly<Record<string, string>>;

export interface NamespaceSeen {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly terminating: boolean;
}

/** Annotations by which meshes decide about injection; the others are not kept. */
const injectionAnnotations = ["linkerd.io/inject", "sidecar.istio.io/inject"];

export function namespaceSeen({ metadata }: KubeObject): NamespaceSeen {
  return {
    labels: { ...metadata.labels },
    annotations: pick(metadata.annotations, injectionAnnotations),
    terminating: metadata.deletionTimestamp !== undefined,
  };
}

function isOwned({ metadata }: KubeObject): boolean {
  return metadata.labels?.[managedByLabel] === fieldManager && metadata.labels[bundleLabel] !== undefined;
}

interface RawService {
  readonly type?: string;
  readonly selector?: Labels;
  readonly clusterIP?: string;
  readonly ports?: readonly {
    name?: string;
    port: number;
    targetPort?: number | string;
    protocol?: string;
    appProtocol?: string;
  }[];
}

export interface ServiceSeen {
  readonly fact: DestinationFact;
  /** External addresses, once there are any. */
  readonly addresses: readonly string[];
}

/**
 * Undefined for what cannot be called by name, a Service of type ExternalName being an alias, and for what Heddle itself wrote: policies are
 * about what people call, not about what policies became.
 */
export function serviceSeen(object: KubeObject): ServiceSeen | undefined {
  const spec = (object["spec"] ?? {}) as RawService;
  if (spec.type === "ExternalName" || isOwned(object)) return undefined;
  const { namespace = "", name } = object.metadata;
  const fact: DestinationFact = {
    kind: "Destination",
    namespace,
    name,
    labels: { ...object.metadata.labels },
    selector: { ...spec.selector },
    ports: (spec.ports ?? []).map(({ name, port, targetPort, protocol = "TCP", appProtocol }) => ({
      ...(name && { name }),
      port,
      ...(targetPort !== undefined && { targetPort }),
      protocol,
      ...(appProtocol && { appProtocol }),
    })),
    headless: spec.clusterIP === "None",
  };
  const status = object["status"] as
    | { loadBalancer?: { ingress?: readonly { ip?: string; hostname?: string }[] } }
    | undefined;
  const addresses = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
  return { fact, addresses };
}

interface RawContainer {
  readonly name: string;
  readonly image?: string;
  readonly ports?: readonly { name?: string; containerPort: number }[];
}
interface RawPodSpec {
  readonly serviceAccountName?: string;
  readonly containers?: readonly RawContainer[];
  readonly initContainers?: readonly RawContainer[];
}
interface RawTemplate {
  readonly metadata?: { readonly labels?: Labels; readonly annotations?: Labels };
  readonly spec?: RawPodSpec;
}

export interface TemplateSeen {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly serviceAccount: string;
  readonly ports: WorkloadFact["ports"];
  readonly controlPlane: Pick<ControlPlaneView, "labels" | "images"> | undefined;
}

/** A Deployment, StatefulSet or DaemonSet; `isControlPlane` says of which more is to be kept. */
export function templateSeen(
  object: KubeObject,
  isControlPlane: (candidate: {
    readonly name: string;
    readonly labels: Labels;
    readonly images: readonly string[];
  }) => boolean,
): TemplateSeen {
  const template = ((object["spec"] ?? {}) as { template?: RawTemplate }).template ?? {};
  const containers = [...(template.spec?.containers ?? []), ...(template.spec?.initContainers ?? [])];
  const labels = { ...object.metadata.labels };
  const images = containers.flatMap(({ image }) => image ?? []);
  return {
    labels: { ...template.metadata?.labels },
    annotations: pick(template.metadata?.annotations, injectionAnnotations),
    serviceAccount: template.spec?.serviceAccountName || "default",
    ports: portsOf(template.spec),
    controlPlane: isControlPlane({ name: object.metadata.name, labels, images })
      ? { labels, images }
      : undefined,
  };
}

export interface PodSeen {
  /** `KIND.NAME` of the workload that made it; a pod of its own is its own workload. */
  readonly owner: string;
  readonly ready: boolean;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Names of containers, sorted and joined: few different texts for many pods. */
  readonly containers: string;
  /** What a template would say, of pods whose workload has none that is watched. */
  readonly own: { readonly serviceAccount: string; readonly ports: WorkloadFact["ports"] } | undefined;
}

/** Workload kinds that are known by their pods only. */
export const podKinds = ["ReplicaSet", "Job", "Pod"] as const;

/** What says which control plane a pod belongs to; Istio's injector writes the revision that did it as an annotation. */
const proxyLabels = ["istio.io/rev", "linkerd.io/control-plane-ns"];
const proxyAnnotations = ["istio.io/rev"];

/** Undefined for pods that have ended. */
export function podSeen(object: KubeObject): PodSeen | undefined {
  const status = (object["status"] ?? {}) as {
    phase?: string;
    conditions?: readonly { type: string; status: string }[];
  };
  if (status.phase === "Succeeded" || status.phase === "Failed") return undefined;
  const spec = (object["spec"] ?? {}) as RawPodSpec;
  const owner = ownerOf(object) ?? `Pod.${object.metadata.name}`;
  const alone = podKinds.some((kind) => owner.startsWith(`${kind}.`));
  return {
    owner,
    ready:
      status.conditions?.some(({ type, status: holds }) => type === "Ready" && holds === "True") ?? false,
    labels: alone ? { ...object.metadata.labels } : pick(object.metadata.labels, proxyLabels),
    annotations: pick(object.metadata.annotations, proxyAnnotations),
    containers: [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
      .map(({ name }) => name)
      .sort()
      .join(","),
    own: alone ? { serviceAccount: spec.serviceAccountName || "default", ports: portsOf(spec) } : undefined,
  };
}

interface OwnerReference {
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}

/** A ReplicaSet's name is its Deployment's with the hash that its pods carry as a label; no second look-up is needed. */
function ownerOf({ metadata }: KubeObject): string | undefined {
  const owners = (metadata as { ownerReferences?: readonly OwnerReference[] }).ownerReferences ?? [];
  const owner = owners.find(({ controller }) => controller) ?? owners[0];
  if (owner === undefined) return undefined;
  const hash = metadata.labels?.["pod-template-hash"];
  if (owner.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`))
    return `Deployment.${owner.name.slice(0, -hash.length - 1)}`;
  return `${owner.kind}.${owner.name}`;
}

function portsOf(spec: RawPodSpec | undefined): WorkloadFact["ports"] {
  return (spec?.containers ?? []).flatMap(({ ports = [] }) =>
    ports.map(({ name, containerPort }) => ({ ...(name && { name }), port: containerPort })),
  );
}

function pick(from: Labels | undefined, keys: readonly string[]): Labels {
  return Object.fromEntries(keys.flatMap((key) => (from?.[key] === undefined ? [] : [[key, from[key]]])));
}
