import type { CapabilityTable, Refine } from "@heddle/core";
import { native, unsupported } from "../capability-levels.ts";
import { repeatsName } from "../repeated-name.ts";
import { connectionCapabilities, refineConnection } from "./connection-capabilities.ts";
import { extensionCapabilities, refineExtension } from "./extension-capabilities.ts";
import { machineCapabilities, refineMachine } from "./machine-capabilities.ts";
import { rateLimitCapabilities } from "./rate-limit-capabilities.ts";
import {
  egressCapabilities,
  externalCapabilities,
  refineEgress,
  refineExternal,
} from "./reaching-capabilities.ts";

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
    "match.path": native(
      "VirtualService http[].match[].uri; a prefix by segment becomes `exact` and `prefix` with a slash",
    ),
    "match.headers": native("VirtualService http[].match[].headers and withoutHeaders"),
    "match.query": native("VirtualService http[].match[].queryParams"),
    "match.methods": native("VirtualService http[].match[].method"),
    "match.port": native("VirtualService http[].match[].port"),
    split: native("VirtualService http[].route[]"),
    "split.destination": native("VirtualService http[].route[].destination.host"),
    "split.cluster": native("subset by the label topology.istio.io/cluster"),
    "split.version": native("DestinationRule subsets[]"),
    "split.subset": native("DestinationRule subsets[]"),
    "split.headers": native("VirtualService http[].route[].headers"),
    redirect: native("VirtualService http[].redirect"),
    "redirect.prefix": native("VirtualService http[].redirect.prefixRewrite", "1.31"),
    directResponse: native("VirtualService http[].directResponse"),
    rewrite: native("VirtualService http[].rewrite"),
    "rewrite.path": native("VirtualService http[].rewrite.uriRegexRewrite of the whole path"),
    "rewrite.regex": native("VirtualService http[].rewrite.uriRegexRewrite"),
    "timeout.request": native("VirtualService http[].timeout"),
    "timeout.idle": unsupported("VirtualService has no idle timeout of a route"),
    retries: native("VirtualService http[].retries"),
    "retries.backoff": native("VirtualService http[].retries.backoff", "1.26"),
    fault: native("VirtualService http[].fault"),
    mirror: native("VirtualService http[].mirrors[]"),
    headers: native("VirtualService http[].headers"),
    cors: native("VirtualService http[].corsPolicy"),
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
      "RequestAuthentication jwtRules[], and an AuthorizationPolicy that denies requests without a token",
    ),
    "tls.minVersion": unsupported("set for the whole mesh in MeshConfig meshMTLS.minProtocolVersion"),
    "tls.cipherSuites": unsupported("set for the whole mesh in MeshConfig tlsDefaults.cipherSuites"),
    external: unsupported("needs a provider in MeshConfig extensionProviders, which Heddle does not write"),
  },
  ConnectionPolicy: connectionCapabilities,
  EgressPolicy: egressCapabilities,
  ExternalService: externalCapabilities,
  ExtensionPolicy: extensionCapabilities,
  ExternalWorkload: machineCapabilities,
};

const switchedOff: ReadonlySet<string> = new Set(["fault", "mirror", "cors", "rateLimit"]);

export const refine: Refine = (field, value, mesh, resource, path) => {
  switch (resource.kind) {
    case "TrafficPolicy":
      if (value === false && switchedOff.has(field))
        return native("nothing is written: off unless something asks for it");
      if ((field === "match.headers.name" || field === "match.query.name") && repeatsName(resource, path))
        return unsupported("a VirtualService takes one condition for a name");
      if (field === "cors.allowOrigins.present" && value === false)
        return unsupported("requests without an origin are none of CORS's business");
      if (field === "match.query.value.present" && value === false)
        return unsupported("a VirtualService cannot ask for the absence of a query parameter");
      return field.endsWith("destination.kind") && value === "VirtualDestination"
        ? unsupported("Heddle does not translate virtual destinations yet")
        : undefined;
    case "ConnectionPolicy":
      return refineConnection(field, value, mesh, resource, path);
    case "EgressPolicy":
      return refineEgress(field, value, mesh, resource, path);
    case "ExternalService":
      return refineExternal(field, value, mesh, resource, path);
    case "ExtensionPolicy":
      return refineExtension(field, value, mesh, resource, path);
    case "ExternalWorkload":
      return refineMachine(field, value, mesh, resource, path);
    default:
      return undefined;
  }
};
