import type { JsonObject } from "../json/json.ts";
import { openCrds } from "./crds.ts";

export interface SampleOptions {
  readonly mesh: "istio" | "linkerd";
  /** Tag of the control plane's image, e.g. `1.30.3` or `edge-25.4.4`. */
  readonly version: string;
  /** With CRDs that take any spec; leave them out where the mesh's own are installed. */
  readonly crds: boolean;
  /** With running pods, as only a simulated cluster can have them from the start. */
  readonly pods: boolean;
}

/** Namespace of the sample application. */
export const sampleNamespace = "shop";

interface SampleService {
  readonly name: string;
  readonly versions: readonly string[];
}

/** A small book shop: one page that calls three services, one of them in three versions. */
const services: readonly SampleService[] = [
  { name: "productpage", versions: ["v1"] },
  { name: "details", versions: ["v1"] },
  { name: "reviews", versions: ["v1", "v2", "v3"] },
  { name: "ratings", versions: ["v1"] },
];

const port = 9080;

/** A cluster with one mesh's control plane and the sample application, as objects in the order to create them. */
export function sampleCluster(options: SampleOptions): JsonObject[] {
  return [...(options.crds ? openCrds(options.mesh) : []), ...controlPlane(options), ...application(options)];
}

function controlPlane({ mesh, version }: SampleOptions): JsonObject[] {
  if (mesh === "linkerd")
    return [
      namespace("linkerd", {}),
      configMap("linkerd", "linkerd-config", {
        values: "identityTrustDomain: cluster.local\nclusterDomain: cluster.local\n",
      }),
      deployment(
        "linkerd",
        "linkerd-destination",
        { "linkerd.io/control-plane-component": "destination" },
        `cr.l5d.io/linkerd/controller:${version}`,
      ),
    ];
  return [
    namespace("istio-system", {}),
    configMap("istio-system", "istio", { mesh: "trustDomain: cluster.local\nrootNamespace: istio-system\n" }),
    deployment(
      "istio-system",
      "istiod",
      { app: "istiod", "istio.io/rev": "default" },
      `docker.io/istio/pilot:${version}`,
    ),
  ];
}

function application({ mesh, pods }: SampleOptions): JsonObject[] {
  const injected =
    mesh === "istio"
      ? { labels: { "istio-injection": "enabled" } }
      : { annotations: { "linkerd.io/inject": "enabled" } };
  return [
    namespace(sampleNamespace, injected),
    ...services.flatMap(({ name, versions }) => [
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: sampleNamespace } },
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace: sampleNamespace, labels: { app: name } },
        spec: { selector: { app: name }, ports: [{ name: "http", port, targetPort: port }] },
      },
      ...versions.flatMap((version) => [
        workload(name, version),
        ...(pods ? [pod(name, version, mesh)] : []),
      ]),
    ]),
  ];
}

function workload(app: string, version: string): JsonObject {
  const labels = { app, version };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `${app}-${version}`, namespace: sampleNamespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec(app, []) },
    },
  };
}

function pod(app: string, version: string, mesh: "istio" | "linkerd"): JsonObject {
  const hash = "5d8f7c9b64";
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${app}-${version}-${hash}-x2x4z`,
      namespace: sampleNamespace,
      labels: {
        app,
        version,
        "pod-template-hash": hash,
        ...(mesh === "linkerd" && { "linkerd.io/control-plane-ns": "linkerd" }),
      },
      ownerReferences: [
        {
          apiVersion: "apps/v1",
          kind: "ReplicaSet",
          name: `${app}-${version}-${hash}`,
          uid: `sample-${app}-${version}`,
          controller: true,
        },
      ],
    },
    spec: podSpec(app, [{ name: mesh === "istio" ? "istio-proxy" : "linkerd-proxy", image: "proxy" }]),
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
  };
}

function podSpec(app: string, proxies: JsonObject[]): JsonObject {
  return {
    serviceAccountName: app,
    containers: [
      { name: app, image: `example.com/shop/${app}`, ports: [{ name: "http", containerPort: port }] },
      ...proxies,
    ],
  };
}

function namespace(name: string, metadata: JsonObject): JsonObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, ...metadata } };
}

function configMap(namespaceName: string, name: string, data: Record<string, string>): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: namespaceName }, data };
}

function deployment(
  namespaceName: string,
  name: string,
  labels: Record<string, string>,
  image: string,
): JsonObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: namespaceName, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "controller", image }] } },
    },
  };
}
