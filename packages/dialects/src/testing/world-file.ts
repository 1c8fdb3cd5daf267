import { type ClusterFact, type Fact, kinds, type MeshFact, type Resource, resourceKey } from "@heddle/api";
import { type Change, fallbacksOf } from "@heddle/core";
import { parse } from "yaml";
import { providerSettings } from "../istio/extension-providers.ts";

/** A world as golden cases write it: short for people, every field that matters still sayable. */
interface WorldFile {
  readonly clusters: Readonly<Record<string, ClusterFile>>;
  readonly resources: readonly ResourceFile[];
}

interface ClusterFile {
  readonly labels?: Record<string, string>;
  readonly network?: string;
  readonly mesh?: string;
  /** Instead of `mesh`, where there are several; services say in which they are. */
  readonly meshes?: readonly string[];
  /** Of an Istio mesh, as far as translation looks at it. */
  readonly meshConfig?: Readonly<Record<string, unknown>>;
  readonly namespaces?: Readonly<Record<string, Record<string, string>>>;
  readonly services?: Readonly<Record<string, ServiceFile>>;
  readonly gateways?: Readonly<Record<string, GatewayFile>>;
}

interface GatewayFile {
  /** `ingress` unless set. */
  readonly role?: "ingress" | "egress";
  /** Labels of its pods, by which discovery does not know it; `istio: ROLEgateway` unless set. */
  readonly labels?: Record<string, string>;
}

interface ServiceFile {
  readonly ports?: readonly (
    | number
    | { name?: string; port: number; targetPort?: number | string; protocol?: string }
  )[];
  readonly labels?: Record<string, string>;
  /** Pods that it selects, `app: NAME` unless set; empty for none. */
  readonly selector?: Record<string, string>;
  readonly versions?: readonly string[];
  readonly serviceAccount?: string;
  readonly meshed?: boolean;
  /** Name of its mesh; the cluster's first unless set. */
  readonly mesh?: string;
  readonly headless?: boolean;
}

interface ResourceFile {
  readonly kind: string;
  readonly name: string;
  readonly workspace?: string;
  readonly created?: string;
  readonly labels?: Record<string, string>;
  readonly spec: unknown;
  /** Specs of earlier generations, newest first. */
  readonly earlier?: readonly unknown[];
}

/** Changes that build the world of a file, clusters first. Throws on a file that is not one. */
export function changesOf(text: string): Change[] {
  const file = parse(text) as WorldFile;
  const clusters = Object.entries(file.clusters).flatMap(([name, cluster]): Change[] => [
    { kind: "cluster", name, cluster: clusterFact(name, cluster.labels ?? {}, cluster.network) },
    { kind: "inventory", cluster: name, delta: { full: true, upserts: factsOf(cluster), deletes: [] } },
  ]);
  const resources = (file.resources ?? []).map((resource, index): Change => {
    const { earlier = [] } = resource;
    const parsed = resourceOf(resource, index, earlier.length + 1);
    const before = earlier.map((spec, at) => resourceOf({ ...resource, spec }, index, earlier.length - at));
    return {
      kind: "resource",
      key: resourceKey(parsed),
      resource: parsed,
      earlier: fallbacksOf(parsed, before),
    };
  });
  return [...clusters, ...resources];
}

export function clusterFact(name: string, labels: Record<string, string>, network?: string): ClusterFact {
  return { name, uid: `uid-${name}`, labels, paused: false, ...(network && { network }) };
}

function factsOf(cluster: ClusterFile): Fact[] {
  const meshes = (cluster.meshes ?? (cluster.mesh === undefined ? [] : [cluster.mesh])).map((text) =>
    meshOf(text, cluster.meshConfig),
  );
  const services = Object.entries(cluster.services ?? {});
  const gateways = Object.entries(cluster.gateways ?? {});
  const namespaces = new Set([
    ...Object.keys(cluster.namespaces ?? {}),
    ...[...services, ...gateways].map(([key]) => key.split("/")[0] ?? ""),
  ]);
  return [
    ...meshes,
    ...[...namespaces].map(
      (name): Fact => ({ kind: "Namespace", name, labels: cluster.namespaces?.[name] ?? {} }),
    ),
    ...gateways.flatMap(([key, gateway]) => gatewayFacts(key, gateway, meshes[0])),
    ...services.flatMap(([key, service]) =>
      serviceFacts(
        key,
        service,
        service.mesh === undefined ? meshes[0] : meshes.find(({ name }) => name === service.mesh),
      ),
    ),
  ];
}

/** `istio 1.30.3` or `linkerd 2.18.0`, with the APIs that such a version serves. */
export function meshOf(text: string, meshConfig: ClusterFile["meshConfig"] = undefined): MeshFact {
  const [dialect, version = ""] = text.split(" ");
  const shared = {
    kind: "Mesh",
    version,
    trustDomain: "cluster.local",
    clusterDomain: "cluster.local",
  } as const;
  if (dialect === "linkerd")
    return {
      ...shared,
      dialect,
      name: "linkerd",
      namespace: "linkerd",
      apis: [
        "gateway.networking.k8s.io/v1",
        "gateway.networking.k8s.io/v1beta1",
        "policy.linkerd.io/v1alpha1",
        "policy.linkerd.io/v1beta3",
        "workload.linkerd.io/v1beta1",
      ],
      settings: {},
    };
  return {
    ...shared,
    dialect: "istio",
    name: "istio-system",
    namespace: "istio-system",
    revision: "default",
    apis: ["networking.istio.io/v1", "security.istio.io/v1", "telemetry.istio.io/v1"],
    settings: {
      rootNamespace: "istio-system",
      ...(meshConfig && providerSettings(meshConfig)),
    },
  };
}

function serviceFacts(key: string, service: ServiceFile, mesh: MeshFact | undefined): Fact[] {
  const [namespace = "", name = ""] = key.split("/");
  const ports = (service.ports ?? [9080]).map((port) =>
    typeof port === "number" ? { name: "http", port } : port,
  );
  const workloadPort = ({ port, targetPort }: { port: number; targetPort?: number | string }) =>
    typeof targetPort === "number" ? targetPort : port;
  const workloads = (service.versions ?? ["v1"]).map(
    (version): Fact => ({
      kind: "Workload",
      workloadKind: "Deployment",
      namespace,
      name: `${name}-${version}`,
      labels: { app: name, version },
      serviceAccount: service.serviceAccount ?? name,
      ...(mesh && service.meshed !== false && { mesh: mesh.name }),
      ports: ports.map((port) => ({
        ...(typeof port.targetPort === "string" && { name: port.targetPort }),
        port: workloadPort(port),
      })),
      pods: { total: 1, ready: 1, meshed: 1 },
    }),
  );
  return [
    {
      kind: "Destination",
      namespace,
      name,
      labels: service.labels ?? { app: name },
      selector: service.selector ?? { app: name },
      ports: ports.map(({ protocol, ...port }) => ({ ...port, protocol: protocol ?? "TCP" })),
      headless: service.headless ?? false,
    },
    ...workloads,
  ];
}

/** Pods of a gateway and the Service before them, as discovery tells of both. */
function gatewayFacts(
  key: string,
  { role = "ingress", labels: own }: GatewayFile,
  mesh: MeshFact | undefined,
): Fact[] {
  const [namespace = "", name = ""] = key.split("/");
  const labels: Record<string, string> = own ?? { istio: `${role}gateway` };
  const ports = [
    { name: "http", port: 80 },
    { name: "https", port: 443 },
  ];
  const endpoint: Fact = {
    kind: "GatewayEndpoint",
    namespace,
    name,
    role,
    labels,
    addresses: ["192.0.2.1"],
    ports,
  };
  return [
    ...(own === undefined ? [endpoint] : []),
    {
      kind: "Destination",
      namespace,
      name,
      labels,
      selector: labels,
      ports: ports.map((port) => ({ ...port, protocol: "TCP" })),
      headless: false,
    },
    {
      kind: "Workload",
      workloadKind: "Deployment",
      namespace,
      name,
      labels,
      serviceAccount: name,
      ...(mesh && { mesh: mesh.name }),
      ports: [{ port: 8080 }, { port: 8443 }],
      pods: { total: 1, ready: 1, meshed: 1 },
    },
  ];
}

/** A resource with its defaults, as the store would give it; accepted in the order of the file unless it says when. */
export function resourceOf(file: ResourceFile, index: number, generation = 1): Resource {
  const kind = kinds.find((candidate) => candidate.kind === file.kind);
  if (kind === undefined) throw new Error(`unknown kind ${file.kind}`);
  return {
    apiVersion: "heddle.io/v1alpha1",
    kind: file.kind,
    metadata: {
      name: file.name,
      workspace: file.workspace ?? "default",
      labels: file.labels ?? {},
      annotations: {},
      uid: `${file.kind}-${file.name}`,
      generation,
      resourceVersion: "1",
      creationTimestamp: file.created ?? `2026-01-01T00:00:${String(index).padStart(2, "0")}Z`,
    },
    spec: kind.spec.parse(file.spec),
  } as Resource;
}
