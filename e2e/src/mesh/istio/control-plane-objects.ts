import { stringify } from "yaml";
import { versions } from "../../testbed/versions.ts";
import type { MeshPart } from "../mesh-part.ts";

export const rootNamespace = "istio-system";

const collector = "collector.observe.svc.cluster.local";

/** Where telemetry can go: a file in each sidecar's working directory, and the pod that collects. */
const extensionProviders = [
  { name: "requests", envoyFileAccessLog: { path: "/proc/self/cwd/requests.log" } },
  {
    name: "fields",
    envoyFileAccessLog: {
      path: "/dev/stdout",
      logFormat: { labels: { asked: "%REQ(X-TAG)%", answered: "%RESPONSE_CODE%" } },
    },
  },
  { name: "logs", envoyOtelAls: { service: collector, port: 4317, logFormat: { text: "%REQ(X-TAG)%" } } },
  { name: "als", envoyHttpAls: { service: collector, port: 9000, additionalRequestHeadersToLog: ["x-tag"] } },
  { name: "zipkin", zipkin: { service: collector, port: 9411, maxTagLength: 40 } },
  { name: "spans", opentelemetry: { service: collector, port: 4317 } },
  { name: "datadog", datadog: { service: collector, port: 8126 } },
  { name: "lightstep", opentelemetry: { service: collector, port: 4319 } },
  { name: "skywalking", skywalking: { service: collector, port: 11800 } },
];

/** Without what needs Istio's own Envoy filters: the testbed's Envoy is upstream's. */
export const meshConfig = (trustDomain = "cluster.local") =>
  stringify({
    trustDomain,
    rootNamespace,
    enablePrometheusMerge: false,
    defaultProviders: {},
    accessLogFile: "",
    extensionProviders,
    defaultConfig: { discoveryAddress: "istiod.istio-system.svc:15012" },
  });

/** The objects by which istiod itself, and Heddle, know that a control plane is there. No kubelet runs this Deployment. */
export const controlPlaneObjects = (part?: MeshPart): object[] => [
  {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: rootNamespace,
      ...(part?.networkName && { labels: { "topology.istio.io/network": part.networkName } }),
    },
  },
  ...(part ? [authoritySecret(part)] : []),
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "istio", namespace: rootNamespace },
    data: { mesh: meshConfig(part?.trustDomain) },
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: "istiod",
      namespace: rootNamespace,
      labels: { app: "istiod", "istio.io/rev": "default" },
    },
    spec: {
      selector: { matchLabels: { app: "istiod" } },
      template: {
        metadata: { labels: { app: "istiod" } },
        spec: {
          containers: [{ name: "discovery", image: `docker.io/istio/pilot:${versions.istioRelease}` }],
        },
      },
    },
  },
];

function authoritySecret({ authority }: MeshPart): object {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "cacerts", namespace: rootNamespace },
    stringData: authority,
  };
}
