import type { Capability, Refine } from "@heddle/core";
import { approximated, native, unsupported } from "../capability-levels.ts";

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
  viaEgressGateway: unsupported("Heddle does not lead calls through egress gateways yet"),
  exportTo: native("ServiceEntry exportTo, as namespaces of these workspaces"),
};

export const refineEgress: Refine = (field, value) =>
  field === "reachable.destination.kind" && value === "VirtualDestination"
    ? unsupported("Heddle does not translate virtual destinations yet")
    : undefined;

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
    case "tls.mode":
      return value === "mutual"
        ? approximated("TLS without the client's certificate, which the server will refuse")
        : undefined;
    default:
      return undefined;
  }
};
