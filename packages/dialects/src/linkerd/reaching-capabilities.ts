import type { Capability, Refine } from "@heddle/core";
import { approximated, native, unsupported } from "../capability-levels.ts";
import { refineBackends } from "../virtual-rules.ts";

const nothingWritten = unsupported("nothing of a ConnectionPolicy is written for Linkerd");
const annotation = unsupported(
  "an annotation of the user's Service (balancer.linkerd.io/failure-accrual), which Heddle does not own",
);

/** How settings of connections land in Linkerd: its proxies balance by latency, always use mTLS and have few settings. */
export const connectionCapabilities: Readonly<Record<string, Capability>> = {
  sources: nothingWritten,
  loadBalancer: unsupported("Linkerd balances by latency (EWMA); nothing else can be chosen"),
  outlierDetection: annotation,
  healthCheck: unsupported("Linkerd does no active health checks"),
  connectionPool: unsupported("Linkerd has no limits of connections and requests"),
  retryBudget: unsupported("a ServiceProfile's retryBudget would make Linkerd ignore the Service's routes"),
  adaptiveConcurrency: unsupported("Linkerd does not limit requests by latency"),
  proxyProtocol: unsupported("Linkerd does not send the PROXY protocol"),
  tls: unsupported("Linkerd opens mTLS between meshed pods and nothing else"),
  keepalive: unsupported("set for whole proxies when they start"),
  tunnel: unsupported("Linkerd does not tunnel"),
};

export const refineConnection: Refine = (field, value) => {
  switch (field) {
    case "loadBalancer.algorithm":
      return value === "leastRequest"
        ? approximated("nothing is written: Linkerd always prefers endpoints that answer fast (EWMA)")
        : undefined;
    case "outlierDetection":
    case "healthCheck":
    case "adaptiveConcurrency":
      return value === false
        ? native("nothing is written: off unless something else asks for it")
        : undefined;
    case "proxyProtocol":
      return value === "none" ? native("nothing is written: never sent") : undefined;
    case "tls.mode":
      return value === "mesh" ? native("nothing is written: always used between meshed pods") : undefined;
    default:
      return undefined;
  }
};

/** Linkerd's EgressNetwork allows or denies what leaves the cluster; it does not tell proxies what there is. */
export const egressCapabilities: Readonly<Record<string, Capability>> = {
  outbound: native("EgressNetwork trafficPolicy", "2.17"),
  reachable: unsupported("Linkerd's proxies learn of a service when it is called"),
};

export const externalCapabilities: Readonly<Record<string, Capability>> = {
  hosts: approximated("nothing is written: Linkerd passes calls to hosts that it does not know"),
  ports: approximated("nothing is written: Linkerd passes calls to hosts that it does not know"),
  location: approximated("nothing is written: Linkerd passes calls to hosts that it does not know"),
  resolution: approximated("nothing is written: the client resolves names itself"),
  addresses: unsupported("Linkerd keeps no entries for what is outside"),
  endpoints: unsupported("Linkerd keeps no entries for what is outside"),
  tls: unsupported("Linkerd opens no TLS to what is outside"),
  viaEgressGateway: unsupported("Linkerd has no egress gateways"),
  exportTo: unsupported("Linkerd keeps no entries for what is outside"),
};

/** How virtual destinations land in Linkerd: a Service without pods and HTTPRoutes on it. */
export const virtualCapabilities: Readonly<Record<string, Capability>> = {
  hosts: native("a Service that Heddle writes, where the host is NAME.NAMESPACE.svc of the cluster's domain"),
  ports: native("Service ports[]"),
  "backends.selector": native("HTTPRoute rules[].backendRefs[] of the Services that are selected"),
  "backends.port": native("HTTPRoute rules[].backendRefs[].port"),
  "backends.weight": native("HTTPRoute rules[].backendRefs[].weight"),
  "backends.priority": approximated(
    "of the priorities the best of which something exists is taken: routes know no health",
  ),
  "failover.by": approximated(
    "Linkerd avoids endpoints that answer slowly; routes between backends know no health",
  ),
  "failover.regions": unsupported("Linkerd does not fail over by region"),
  exportTo: approximated(
    "policies of these workspaces may name it; the Service itself can be called by every client",
  ),
};

export const refineVirtual: Refine = (field, value, _mesh, resource) => {
  if (field !== "backends.selector.kind") return refineBackends(field, resource);
  return value !== "Service" ? unsupported("Linkerd's routes lead to Services only") : undefined;
};
export const refineEgress: Refine = (field, value) =>
  field === "outbound" && value === "registryOnly"
    ? approximated(
        "EgressNetwork trafficPolicy Deny: for addresses outside of what Linkerd's chart calls the cluster's networks",
        "2.17",
      )
    : undefined;
