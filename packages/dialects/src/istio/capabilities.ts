import type { CapabilityTable, Refine } from "@heddle/core";
import { approximated, native, unsupported } from "../capability-levels.ts";
import { connectionCapabilities, refineConnection } from "./connection-capabilities.ts";
import { extensionCapabilities, refineExtension } from "./extension-capabilities.ts";
import { gatewayCapabilities, refineGateway, routeTableCapabilities } from "./gateway-capabilities.ts";
import { machineCapabilities, refineMachine } from "./machine-capabilities.ts";
import { rateLimitCapabilities, refineRateLimit } from "./rate-limit-capabilities.ts";
import {
  egressCapabilities,
  externalCapabilities,
  refineExternal,
  refineVirtual,
  virtualCapabilities,
} from "./reaching-capabilities.ts";
import { refineRules, ruleCapabilities } from "./rule-capabilities.ts";
import { refineTelemetry, telemetryCapabilities } from "./telemetry-capabilities.ts";

/** How abstract fields land in Istio's sidecar mode (networking.istio.io and security.istio.io, 1.22 and newer). */
export const capabilities: CapabilityTable = {
  TrafficPolicy: {
    "sources.namespaces": native("VirtualService http[].match[].sourceNamespace"),
    "sources.labels": native("VirtualService http[].match[].sourceLabels"),
    "sources.clusters": native("written only in those clusters"),
    "sources.clusterLabels": native("written only in those clusters"),
    "sources.meshes": native("written only in those meshes"),
    "sources.serviceAccounts": unsupported(
      "a VirtualService selects clients by namespace and label, not by service account",
    ),
    ...ruleCapabilities,
    ...rateLimitCapabilities,
  },
  AccessPolicy: {
    action: native("AuthorizationPolicy action"),
    "from.identities": native("AuthorizationPolicy source.principals"),
    "from.serviceAccounts": native("AuthorizationPolicy source.principals in the mesh's trust domain"),
    "from.namespaces": native("AuthorizationPolicy source.namespaces"),
    "from.clusters": unsupported("an Istio identity does not name its cluster"),
    "from.ipBlocks": native("AuthorizationPolicy source.ipBlocks"),
    "from.jwt": native("AuthorizationPolicy source.requestPrincipals and when request.auth.claims"),
    "from.not": native("AuthorizationPolicy source.not*"),
    "from.not.clusters": unsupported("an Istio identity does not name its cluster"),
    "to.ports": native("AuthorizationPolicy operation.ports, as ports of the workload"),
    "to.methods": native("AuthorizationPolicy operation.methods"),
    "to.paths": native("AuthorizationPolicy operation.paths"),
    "to.hosts": native("AuthorizationPolicy operation.hosts"),
    "to.headers": native("AuthorizationPolicy when request.headers"),
    "to.headers.value.regex": unsupported(
      "AuthorizationPolicy matches header values exactly, by prefix or by presence",
    ),
    "to.not": native("AuthorizationPolicy operation.not*"),
    dryRun: native("annotation istio.io/dry-run"),
  },
  AuthenticationPolicy: {
    "mtls.mode": native("PeerAuthentication mtls.mode"),
    "mtls.ports": native("PeerAuthentication portLevelMtls, for Service and Workload targets"),
    jwt: native(
      "RequestAuthentication jwtRules[], and an AuthorizationPolicy that denies requests without a token that has a subject",
    ),
    "tls.minVersion": unsupported("set for the whole mesh in MeshConfig meshMTLS.minProtocolVersion"),
    "tls.cipherSuites": unsupported("set for the whole mesh in MeshConfig tlsDefaults.cipherSuites"),
    "external.service": native("EnvoyFilter with Envoy's external authorization, before Istio's own filters"),
    "external.failOpen": native("ext_authz failure_mode_allow"),
    "external.headers": native("ext_authz allowed_headers"),
    "external.paths": approximated("stricter: every request is shown to it"),
  },
  ConnectionPolicy: connectionCapabilities,
  EgressPolicy: egressCapabilities,
  ExternalService: externalCapabilities,
  VirtualDestination: virtualCapabilities,
  Gateway: gatewayCapabilities,
  RouteTable: routeTableCapabilities,
  ExtensionPolicy: extensionCapabilities,
  ExternalWorkload: machineCapabilities,
  TelemetryPolicy: telemetryCapabilities,
};

export const refine: Refine = (field, value, mesh, resource, path) => {
  switch (resource.kind) {
    case "TrafficPolicy":
      return (
        refineRateLimit(field, value, mesh, resource, path) ?? refineRules(field, value, mesh, resource, path)
      );
    case "RouteTable":
      return refineRules(field, value, mesh, resource, path);
    case "AuthenticationPolicy":
      return field === "external.service.kind" && value === "VirtualDestination"
        ? unsupported(
            "proxies ask one service, and a virtual destination may stand for several; requests are refused unless failOpen",
          )
        : undefined;
    case "Gateway":
      return refineGateway(field, value, mesh, resource, path);
    case "ConnectionPolicy":
      return refineConnection(field, value, mesh, resource, path);
    case "VirtualDestination":
      return refineVirtual(field, value, mesh, resource, path);
    case "ExternalService":
      return refineExternal(field, value, mesh, resource, path);
    case "ExtensionPolicy":
      return refineExtension(field, value, mesh, resource, path);
    case "TelemetryPolicy":
      return refineTelemetry(field, value, mesh, resource, path);
    case "ExternalWorkload":
      return refineMachine(field, value, mesh, resource, path);
    default:
      return undefined;
  }
};
