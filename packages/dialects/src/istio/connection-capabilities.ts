import { durationMs } from "@heddle/api";
import type { Capability, Refine } from "@heddle/core";
import { approximated, native, unsupported } from "../capability-levels.ts";

const envoyFilter = unsupported(
  "Istio has no field for it, only an EnvoyFilter, which Heddle does not write",
);
const credentials = unsupported(
  "a DestinationRule's credentialName reaches sidecars only with a workloadSelector, and paths are the proxy's own",
);

/** How settings of connections land in DestinationRule trafficPolicy. */
export const connectionCapabilities: Readonly<Record<string, Capability>> = {
  "sources.namespaces": native("a DestinationRule in the client's namespace"),
  "sources.labels": native("a DestinationRule in the client's namespace with a workloadSelector"),
  "sources.serviceAccounts": unsupported("a DestinationRule selects clients by namespace and label"),
  "sources.clusters": native("written only in those clusters"),
  "sources.clusterLabels": native("written only in those clusters"),
  "sources.meshes": native("written only in those meshes"),
  "loadBalancer.algorithm": native("loadBalancer.simple, or loadBalancer.consistentHash"),
  "loadBalancer.choiceCount": envoyFilter,
  "loadBalancer.hash": native("loadBalancer.consistentHash"),
  "loadBalancer.ringSize.min": native("loadBalancer.consistentHash.ringHash.minimumRingSize"),
  "loadBalancer.ringSize.max": envoyFilter,
  "loadBalancer.tableSize": native("loadBalancer.consistentHash.maglev.tableSize"),
  "loadBalancer.locality": native("loadBalancer.localityLbSetting"),
  "loadBalancer.warmup": native("loadBalancer.warmup", "1.24"),
  outlierDetection: native("trafficPolicy.outlierDetection"),
  "outlierDetection.successRate": envoyFilter,
  "outlierDetection.failurePercentage": envoyFilter,
  "outlierDetection.maxEjectionTime": envoyFilter,
  "outlierDetection.jitter": envoyFilter,
  healthCheck: envoyFilter,
  "connectionPool.tcp": native("connectionPool.tcp"),
  "connectionPool.http": native("connectionPool.http"),
  "retryBudget.percent": native("retryBudget.percent", "1.28"),
  "retryBudget.minConcurrency": native("retryBudget.minRetryConcurrency", "1.28"),
  "retryBudget.ttl": unsupported("Istio's retry budget looks at the requests of the moment"),
  adaptiveConcurrency: envoyFilter,
  proxyProtocol: native("proxyProtocol.version"),
  "tls.mode": native("trafficPolicy.tls.mode"),
  "tls.sni": native("trafficPolicy.tls.sni"),
  "tls.subjectAltNames": native("tls.subjectAltNames"),
  "tls.insecureSkipVerify": native("tls.insecureSkipVerify"),
  "tls.caRef": credentials,
  "tls.certRef": credentials,
  "tls.minVersion": unsupported("set for the whole mesh in MeshConfig tlsDefaults.minProtocolVersion"),
  keepalive: native("connectionPool.tcp.tcpKeepalive"),
  tunnel: native("trafficPolicy.tunnel, for ports of TCP and TLS"),
};

/** Durations of which Istio refuses `0s`; a limit of TCP's idle time is the one that takes it, as "none". */
const positive: ReadonlySet<string> = new Set([
  "loadBalancer.warmup.duration",
  "outlierDetection.interval",
  "outlierDetection.baseEjectionTime",
  "connectionPool.tcp.connectTimeout",
  "connectionPool.tcp.maxConnectionDuration",
  "connectionPool.http.idleTimeout",
  "keepalive.time",
  "keepalive.interval",
]);

/** The largest number that fields of type int32 hold. */
export const maxInt32 = 2_147_483_647;

/** Labels by which Istio knows a place; beside `failover` it refuses them in `failoverPriority`. */
export const placeLabels: ReadonlySet<unknown> = new Set([
  "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone",
  "topology.istio.io/subzone",
]);

export const refineConnection: Refine = (field, value, _mesh, resource, path) => {
  if (positive.has(field) && durationMs(String(value)) === 0)
    return unsupported("Istio takes no duration of 0 here; the mesh's default stays");
  if (field.startsWith("connectionPool.") && typeof value === "number" && value > maxInt32)
    return approximated(`written as ${maxInt32}, the largest number that Istio takes`);
  switch (field) {
    case "healthCheck":
    case "adaptiveConcurrency":
      return value === false ? native("nothing is written: Istio does neither by itself") : undefined;
    case "outlierDetection":
      return value === false ? native("nothing is written: off unless something asks for it") : undefined;
    case "outlierDetection.maxEjectionPercent":
    case "outlierDetection.minHealthPercent":
      return Number.isInteger(value) ? undefined : approximated("rounded to a whole number");
    case "loadBalancer.locality.failoverPriority":
      return placeLabels.has(value) &&
        resource.kind === "ConnectionPolicy" &&
        resource.spec.loadBalancer?.locality?.failover
        ? unsupported("Istio refuses a place's label here beside locality.failover, which holds")
        : undefined;
    case "retryBudget.minConcurrency":
      return value === 0
        ? approximated("written as 1: Istio takes 0 for its default, which is 3")
        : undefined;
    case "proxyProtocol":
      return value === "none" ? native("nothing is written: off unless something asks for it") : undefined;
    case "tls.insecureSkipVerify":
      return value === false ? native("nothing is written: certificates are verified") : undefined;
    case "tls.mode":
      return value === "mutual"
        ? approximated("TLS without the client's certificate, which the server will refuse")
        : undefined;
    default:
      return field.startsWith("loadBalancer.hash.") && !path.startsWith("spec.loadBalancer.hash[0]")
        ? unsupported("Istio hashes one thing; the first of the list")
        : undefined;
  }
};
