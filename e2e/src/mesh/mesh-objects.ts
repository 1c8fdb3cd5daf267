import type { Place } from "./network/network.ts";
import { isSelected, labelsOf, type PodSpec, type SecretSpec, type ServiceSpec } from "./pod/pod-spec.ts";

/** A namespace whose pods get sidecars. */
export function namespaceObject(name: string): object {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { "istio-injection": "enabled" } },
  };
}

/** Nodes of the pods, which say where they are. */
export function nodeObjects(pods: readonly PodSpec[]): object[] {
  return [...new Set(pods.flatMap(({ zone }) => zone ?? []))].map((zone) => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: nodeName(zone),
      labels: {
        "topology.kubernetes.io/region": zone.split("/")[0],
        "topology.kubernetes.io/zone": zone.split("/")[1],
      },
    },
  }));
}

function nodeName(zone: string): string {
  return `node-${zone.replace("/", "-")}`;
}

/**
 * What of a pod is there before it runs. No controller makes pods from the Deployment: it is what discovery looks at. Of a machine there
 * is the account only.
 */
export function workloadObjects(pod: PodSpec): object[] {
  const { name, namespace, serviceAccount } = pod;
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: serviceAccount, namespace } };
  if (pod.machine) return [account];
  const template = {
    metadata: {
      labels: { ...labelsOf(pod), ...(!pod.sidecar && { "sidecar.istio.io/inject": "false" }) },
    },
    spec: { serviceAccountName: serviceAccount, containers: [programContainer(pod)] },
  };
  return [
    account,
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace, labels: labelsOf(pod) },
      spec: { replicas: 1, selector: { matchLabels: labelsOf(pod) }, template },
    },
    ...(pod.gateway ? secretReader(pod) : []),
  ];
}

/** As Istio's chart of gateways has it: istiod gives a gateway what its service account may read. */
function secretReader({ namespace, serviceAccount: name }: PodSpec): object[] {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const metadata = { name, namespace };
  return [
    {
      ...{ apiVersion, kind: "Role", metadata },
      rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "watch", "list"] }],
    },
    {
      ...{ apiVersion, kind: "RoleBinding", metadata },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
}

export function secretObject({ name, namespace, data }: SecretSpec): object {
  const type = "tls.key" in data ? "kubernetes.io/tls" : "Opaque";
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, type, stringData: data };
}

/**
 * The pod itself, as its Deployment's ReplicaSet, the scheduler, the kubelet and the injector would have it. Its status is written apart.
 */
export function podObject(pod: PodSpec): object {
  const hash = "1";
  const replicaSet = { apiVersion: "apps/v1", kind: "ReplicaSet", name: `${pod.name}-${hash}`, uid: hash };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      labels: {
        ...labelsOf(pod),
        "pod-template-hash": hash,
        ...(pod.sidecar && { "security.istio.io/tlsMode": "istio" }),
        ...(pod.network && { "topology.istio.io/network": pod.network }),
      },
      ownerReferences: [{ ...replicaSet, controller: true }],
      ...(pod.sidecar && { annotations: { "sidecar.istio.io/status": "{}" } }),
    },
    spec: {
      serviceAccountName: pod.serviceAccount,
      nodeName: pod.zone ? nodeName(pod.zone) : "node",
      containers: containersOf(pod),
    },
  };
}

export function runningStatus(pod: PodSpec, address: string): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: pod.name, namespace: pod.namespace },
    status: {
      phase: "Running",
      podIP: address,
      podIPs: [{ ip: address }],
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: containersOf(pod).map(({ name, image }) => ({
        ...{ name, image, imageID: image, ready: true, restartCount: 0 },
        state: { running: {} },
      })),
    },
  };
}

/** The Service, and the endpoints that the endpoint controller would write for it. */
export function serviceObjects(
  service: ServiceSpec,
  clusterIP: string,
  pods: readonly { spec: PodSpec; place: Place }[],
): object[] {
  const { name, namespace, selector, gatewayOf } = service;
  const ports = Object.entries(service.ports).map(([port, targetPort]) => ({
    name: `${service.protocols?.[Number(port)] ?? "http"}-${port}`,
    port: Number(port),
    targetPort,
  }));
  const endpoints = pods.filter(({ spec }) => isSelected(service, spec));
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name,
        namespace,
        labels: { app: name, ...(gatewayOf && { "topology.istio.io/network": gatewayOf }) },
      },
      spec: {
        ...{ clusterIP, selector, ports },
        ...(gatewayOf && { type: "LoadBalancer", allocateLoadBalancerNodePorts: false }),
      },
    },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: `${name}-1`, namespace, labels: { "kubernetes.io/service-name": name } },
      addressType: "IPv4",
      ports: ports.flatMap(({ name: portName, targetPort }) =>
        typeof targetPort === "number" ? [{ name: portName, port: targetPort, protocol: "TCP" }] : [],
      ),
      endpoints: endpoints.map(({ spec, place }) => ({
        addresses: [place.address],
        conditions: { ready: true },
        targetRef: { kind: "Pod", name: spec.name, namespace },
      })),
    },
  ];
}

/** Of a Service that leads to the gateway of a network, what a cloud's controller would write: where other networks see its pods. */
export function loadBalancerStatus(
  service: ServiceSpec,
  pods: readonly { spec: PodSpec; place: Place }[],
): object {
  const seen = pods.filter(({ spec }) => isSelected(service, spec));
  const ingress = seen.map(({ place: { outside, address } }) => ({ ip: outside ?? address }));
  return { status: { loadBalancer: { ingress } } };
}

function containersOf(pod: PodSpec): { name: string; image: string }[] {
  const proxy = { name: "istio-proxy", image: "docker.io/istio/proxyv2" };
  return [programContainer(pod), ...(pod.sidecar ? [proxy] : [])];
}

function programContainer({ app, ports }: PodSpec): { name: string; image: string; ports: object[] } {
  return {
    name: "app",
    image: `example.com/${app}`,
    ports: ports.map((containerPort) => ({ name: `http-${containerPort}`, containerPort })),
  };
}
