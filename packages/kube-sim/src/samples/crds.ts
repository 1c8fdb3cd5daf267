import type { JsonObject } from "../json/json.ts";

interface CrdNames {
  readonly group: string;
  readonly versions: readonly string[];
  readonly kind: string;
  readonly plural: string;
}

/** A CRD that takes any spec: enough to see what arrives, without the mesh's own schema. */
function openCrd({ group, versions, kind, plural }: CrdNames): JsonObject {
  const schema = {
    openAPIV3Schema: {
      type: "object",
      properties: {
        spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      },
    },
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema,
        subresources: { status: {} },
      })),
    },
  };
}

function kindsOf(group: string, versions: readonly string[], ...kinds: readonly string[]): CrdNames[] {
  return kinds.map((kind) => ({ group, versions, kind, plural: pluralOf(kind) }));
}

const istio: readonly CrdNames[] = [
  ...kindsOf(
    "networking.istio.io",
    ["v1", "v1beta1"],
    ...["VirtualService", "DestinationRule", "Gateway", "ServiceEntry", "Sidecar", "WorkloadEntry"],
  ),
  ...kindsOf("networking.istio.io", ["v1alpha3"], "EnvoyFilter"),
  ...kindsOf(
    "security.istio.io",
    ["v1", "v1beta1"],
    ...["AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication"],
  ),
  ...kindsOf("extensions.istio.io", ["v1alpha1"], "WasmPlugin"),
  ...kindsOf("telemetry.istio.io", ["v1", "v1alpha1"], "Telemetry"),
];

const linkerd: readonly CrdNames[] = [
  ...kindsOf("gateway.networking.k8s.io", ["v1", "v1beta1"], "HTTPRoute"),
  ...kindsOf("policy.linkerd.io", ["v1beta3", "v1beta1"], "Server"),
  ...kindsOf(
    "policy.linkerd.io",
    ["v1alpha1"],
    ...["AuthorizationPolicy", "MeshTLSAuthentication", "NetworkAuthentication"],
    ...["EgressNetwork", "HTTPLocalRateLimitPolicy"],
  ),
  ...kindsOf("workload.linkerd.io", ["v1beta1"], "ExternalWorkload"),
  ...kindsOf("linkerd.io", ["v1alpha2"], "ServiceProfile"),
];

function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  return lower.endsWith("y") ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}

/** CRDs of a mesh with open schemas, for simulated clusters; real ones bring their mesh's own. */
export function openCrds(mesh: "istio" | "linkerd"): JsonObject[] {
  return (mesh === "istio" ? istio : linkerd).map(openCrd);
}
