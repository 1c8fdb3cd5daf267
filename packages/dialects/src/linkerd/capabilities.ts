import type { Resource, Retries } from "@heddle/api";
import type { Capability, CapabilityTable, Refine } from "@heddle/core";
import { approximated, native, unsupported } from "../capability-levels.ts";
import { repeatsName } from "../repeated-name.ts";
import { extensionCapabilities } from "./extension-capabilities.ts";
import { gatewayCapabilities, routeTableCapabilities } from "./gateway-capabilities.ts";
import { identityOfSpiffeId } from "./identity.ts";
import { machineCapabilities, refineMachine } from "./machine-capabilities.ts";
import {
  connectionCapabilities,
  egressCapabilities,
  externalCapabilities,
  refineConnection,
  refineEgress,
  refineVirtual,
  virtualCapabilities,
} from "./reaching-capabilities.ts";
import { telemetryCapabilities } from "./telemetry-capabilities.ts";
import { retryConditionsOf } from "./translate/retries.ts";

/** How abstract fields land in Linkerd 2.15 and newer: Gateway API routes on Services, annotations, policy.linkerd.io. */
export const capabilities: CapabilityTable = {
  TrafficPolicy: {
    "sources.namespaces": native("an HTTPRoute in the client's namespace"),
    "sources.labels": unsupported("Linkerd tells clients of a route apart by namespace only"),
    "sources.serviceAccounts": unsupported("Linkerd tells clients of a route apart by namespace only"),
    "sources.clusters": native("written only in those clusters"),
    "sources.clusterLabels": native("written only in those clusters"),
    "sources.meshes": native("written only in those meshes"),
    "match.path": native("HTTPRoute rules[].matches[].path"),
    "match.path.ignoreCase": approximated("a regular expression with (?i)"),
    "match.headers": native("HTTPRoute rules[].matches[].headers"),
    "match.headers.value.prefix": approximated("a regular expression"),
    "match.headers.value.present": approximated("a regular expression that matches any value"),
    "match.query": native("HTTPRoute rules[].matches[].queryParams"),
    "match.query.value.prefix": approximated("a regular expression"),
    "match.query.value.present": approximated("a regular expression that matches any value"),
    "match.methods": native("HTTPRoute rules[].matches[].method"),
    "match.port": native("HTTPRoute parentRefs[].port"),
    split: native("HTTPRoute rules[].backendRefs[]"),
    "split.cluster": unsupported(
      "needs the mirrored Service of a linked cluster, which Heddle does not link yet",
    ),
    "split.version": native("a Service for the version that Heddle writes"),
    "split.subset": native("a Service for the subset that Heddle writes"),
    "split.headers": native("HTTPRoute backendRefs[].filters"),
    redirect: native("HTTPRoute filter RequestRedirect"),
    directResponse: unsupported("Linkerd has no route that answers by itself"),
    rewrite: unsupported("a URLRewrite filter makes Linkerd ignore the whole route"),
    "timeout.request": native("HTTPRoute rules[].timeouts.request"),
    "timeout.idle": native("annotation timeout.linkerd.io/idle", "2.16"),
    retries: native("annotations retry.linkerd.io/*", "2.16"),
    "retries.backoff": unsupported("Linkerd has no setting for the pause between tries"),
    fault: unsupported("Linkerd injects no faults"),
    mirror: unsupported("a RequestMirror filter makes Linkerd ignore the whole route"),
    headers: native("HTTPRoute filters RequestHeaderModifier and ResponseHeaderModifier"),
    cors: unsupported("Linkerd does not answer preflight requests"),
    rateLimit: native("HTTPLocalRateLimitPolicy", "2.17"),
    "rateLimit.requests": native("HTTPLocalRateLimitPolicy requestsPerSecond", "2.17"),
    "rateLimit.by": native("HTTPLocalRateLimitPolicy identity", "2.17"),
    "rateLimit.burst": unsupported("Linkerd's rate limit has no burst"),
    "rateLimit.service": unsupported("Linkerd's proxies count for themselves"),
  },
  AccessPolicy: {
    action: native("AuthorizationPolicy"),
    "from.identities": native("MeshTLSAuthentication identities[]"),
    "from.serviceAccounts": native("MeshTLSAuthentication identities[]"),
    "from.namespaces": native("MeshTLSAuthentication identities[] of the whole namespace"),
    "from.clusters": unsupported("a Linkerd identity does not name its cluster"),
    "from.ipBlocks": native("NetworkAuthentication networks[]"),
    "from.jwt": unsupported("Linkerd does not look at tokens"),
    "from.not": unsupported("Linkerd only says what is allowed"),
    "to.ports": native("Server port"),
    "to.methods": approximated(
      "an HTTPRoute on the Server; probes of the kubelet on that port must be allowed too",
      "2.14",
    ),
    "to.paths": approximated(
      "an HTTPRoute on the Server; probes of the kubelet on that port must be allowed too",
      "2.14",
    ),
    "to.hosts": approximated("hostnames of an HTTPRoute on the Server", "2.14"),
    "to.headers": approximated(
      "an HTTPRoute on the Server; probes of the kubelet on that port must be allowed too",
      "2.14",
    ),
    "to.not": unsupported("Linkerd only says what is allowed"),
    dryRun: unsupported("Linkerd audits whole Servers, not single policies"),
  },
  AuthenticationPolicy: {
    "mtls.mode": native("Server accessPolicy all-authenticated", "2.16"),
    "mtls.ports": native("Server accessPolicy all-authenticated", "2.16"),
    jwt: unsupported("Linkerd does not look at tokens"),
    tls: unsupported("TLS parameters of Linkerd's proxies are fixed"),
    external: unsupported("Linkerd has no external authorization"),
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
  if (resource.kind === "ConnectionPolicy") return refineConnection(field, value, mesh, resource, path);
  if (resource.kind === "VirtualDestination") return refineVirtual(field, value, mesh, resource, path);
  if (resource.kind === "RouteTable") return undefined;
  if (resource.kind === "EgressPolicy") return refineEgress(field, value, mesh, resource, path);
  if (resource.kind === "ExternalWorkload") return refineMachine(field, value, mesh, resource, path);
  switch (field) {
    case "match.headers.name":
    case "match.query.name":
    case "to.headers.name":
      return repeatsName(resource, path) ? unsupported("a route takes one condition for a name") : undefined;
    case "split.destination.kind":
      return value === "ExternalService" ? unsupported("Linkerd's routes lead to Services only") : undefined;
    case "rateLimit.per":
      return value === "second" ? undefined : unsupported("Linkerd limits requests by the second only");
    case "rateLimit.by":
      return value === "identity"
        ? undefined
        : unsupported("Linkerd counts apart by the client's identity only");
    case "match.headers.value.present":
    case "match.query.value.present":
      return value === false ? unsupported("a route cannot ask for absence") : undefined;
    case "redirect.code":
      return value === 301 || value === 302
        ? undefined
        : unsupported("Linkerd redirects with 301 or 302 only");
    case "retries":
    case "fault":
    case "mirror":
    case "cors":
    case "rateLimit":
      return value === false ? native("nothing is written") : undefined;
    case "retries.attempts":
    case "retries.perTryTimeout": {
      const on = retriesAt(resource, path)?.on;
      return on !== undefined && retryConditionsOf(on) === undefined
        ? unsupported("Linkerd retries on none of these conditions")
        : undefined;
    }
    case "retries.on":
      return retryConditionsOf([value as string | number]) === undefined
        ? unsupported(`Linkerd does not retry on ${value}`)
        : undefined;
    case "action":
      if (value === "DENY") return unsupported("Linkerd only says what is allowed");
      return value === "AUDIT" ? unsupported("Linkerd audits whole Servers, not single policies") : undefined;
    case "from.identities":
      return identityOfSpiffeId(mesh, String(value)) === undefined
        ? unsupported("not an identity of this mesh: write spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/NAME")
        : undefined;
    default:
      return modeOf(field, value, resource.kind === "AuthenticationPolicy");
  }
};

/** The retries that a field of them belongs to. */
function retriesAt(resource: Resource, path: string): Retries | undefined {
  if (resource.kind !== "TrafficPolicy") return undefined;
  const { rules, defaults } = resource.spec;
  const rule = /^spec\.rules\[(\d+)\]/.exec(path)?.[1];
  return (rule === undefined ? defaults : rules[Number(rule)])?.retries || undefined;
}

function modeOf(field: string, value: unknown, authentication: boolean): Capability | undefined {
  if (!authentication || !(field === "mtls.mode" || field.startsWith("mtls.ports."))) return undefined;
  if (value === "PERMISSIVE")
    return native("nothing is written: Linkerd takes plain connections beside mTLS unless told otherwise");
  return value === "DISABLE" ? unsupported("Linkerd always uses mTLS between meshed pods") : undefined;
}
