import type { Capability, Refine } from "@heddle/core";
import { approximated, native, unsupported } from "../capability-levels.ts";
import { refineBackends } from "../virtual-rules.ts";

/** How what clients may call lands in Istio: Sidecar. */
export const egressCapabilities: Readonly<Record<string, Capability>> = {
  outbound: native("Sidecar outboundTrafficPolicy.mode"),
  "reachable.destination": native("Sidecar egress[].hosts"),
  "reachable.namespaces": native("Sidecar egress[].hosts"),
  "reachable.hosts": native("Sidecar egress[].hosts"),
  "reachable.labels": approximated(
    "a Sidecar names hosts: proxies are told of services with other labels too",
  ),
  "reachable.ports": approximated("a Sidecar names hosts: proxies are told of their other ports too"),
  "reachable.ipBlocks": unsupported("a Sidecar names hosts; write an ExternalService with addresses"),
};

const gatewayOnly = unsupported(
  "certificates by name reach sidecars only with a workloadSelector, and paths are the proxy's own",
);

/** How external services land in Istio: ServiceEntry and DestinationRule. */
export const externalCapabilities: Readonly<Record<string, Capability>> = {
  hosts: native("ServiceEntry hosts"),
  addresses: native("ServiceEntry addresses"),
  ports: native("ServiceEntry ports"),
  location: native("ServiceEntry location"),
  resolution: native("ServiceEntry resolution"),
  endpoints: native("ServiceEntry endpoints"),
  "tls.mode": native("DestinationRule trafficPolicy.tls.mode"),
  "tls.sni": native("DestinationRule trafficPolicy.tls.sni"),
  "tls.subjectAltNames": native("DestinationRule trafficPolicy.tls.subjectAltNames"),
  "tls.insecureSkipVerify": native("DestinationRule trafficPolicy.tls.insecureSkipVerify"),
  "tls.caRef": gatewayOnly,
  "tls.certRef": gatewayOnly,
  "tls.minVersion": unsupported("set for the whole mesh in MeshConfig tlsDefaults.minProtocolVersion"),
  "viaEgressGateway.gateway": native(
    "VirtualServices for clients and for the gateway, a subset of the gateway's Service",
  ),
  "viaEgressGateway.originateTls": native("DestinationRule trafficPolicy.tls, which the gateway heeds"),
  exportTo: native("ServiceEntry exportTo, as namespaces of these workspaces"),
};

/** How virtual destinations land in Istio: a name with routes to the hosts of the backends. */
export const virtualCapabilities: Readonly<Record<string, Capability>> = {
  hosts: native("VirtualService hosts, with a ServiceEntry, or a Service where the host has the form of one"),
  ports: native("ports of the ServiceEntry or Service"),
  "backends.selector": native("VirtualService route[].destination.host of the Services that are selected"),
  "backends.port": native("VirtualService route[].destination.port"),
  "backends.weight": native("VirtualService route[].weight"),
  "backends.priority": approximated(
    "of the priorities the best of which something exists is taken: routes know no health",
  ),
  "failover.by": approximated(
    "endpoints of one backend fail over as its ConnectionPolicy says; routes between backends know no health",
  ),
  "failover.regions": unsupported(
    "set loadBalancer.locality.failover in a ConnectionPolicy for the backends",
  ),
  exportTo: native("ServiceEntry and VirtualService exportTo, as namespaces of these workspaces"),
};

export const refineVirtual: Refine = (field, value, _mesh, resource) => {
  if (field !== "backends.selector.kind") return refineBackends(field, resource);
  return value === "Workload"
    ? unsupported("routes lead to Services: select the Service before the workload")
    : undefined;
};

export const refineExternal: Refine = (field, value, _mesh, resource, path) => {
  if (resource.kind !== "ExternalService") return undefined;
  const { resolution } = resource.spec;
  switch (field) {
    case "hosts":
      return value === "*" ? unsupported("a ServiceEntry names hosts, not all of them") : undefined;
    case "addresses":
      return String(value).includes("/") && resolution !== "none" && resolution !== "static"
        ? unsupported("Istio takes blocks of addresses only with resolution none or static")
        : undefined;
    case "resolution":
      return value === "dynamicDns" ? native("ServiceEntry resolution DYNAMIC_DNS", "1.28") : undefined;
    case "endpoints.address":
      return resolution === "dnsRoundRobin" && !path.startsWith("spec.endpoints[0]")
        ? unsupported("Istio takes one endpoint with resolution dnsRoundRobin")
        : undefined;
    case "tls.insecureSkipVerify":
      return value === false ? native("nothing is written: certificates are verified") : undefined;
    case "viaEgressGateway.originateTls":
      if (resource.spec.tls === undefined)
        return native("nothing is written: it is about tls, and none is set");
      return value === false
        ? approximated("the gateway opens TLS: it could not route what a client's proxy has closed")
        : undefined;
    case "tls.mode":
      return value === "mutual"
        ? approximated("TLS without the client's certificate, which the server will refuse")
        : undefined;
    default:
      return undefined;
  }
};
