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

const istio: readonly CrdNames[] = [
  ...["VirtualService", "DestinationRule", "Gateway", "ServiceEntry", "Sidecar"].map((kind) => ({
    group: "networking.istio.io",
    versions: ["v1", "v1beta1"],
    kind,
    plural: pluralOf(kind),
  })),
  ...["AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication"].map((kind) => ({
    group: "security.istio.io",
    versions: ["v1", "v1beta1"],
    kind,
    plural: pluralOf(kind),
  })),
];

const linkerd: readonly CrdNames[] = [
  {
    group: "gateway.networking.k8s.io",
    versions: ["v1", "v1beta1"],
    kind: "HTTPRoute",
    plural: "httproutes",
  },
  { group: "policy.linkerd.io", versions: ["v1beta3", "v1beta1"], kind: "Server", plural: "servers" },
  ...["AuthorizationPolicy", "MeshTLSAuthentication", "NetworkAuthentication"].map((kind) => ({
    group: "policy.linkerd.io",
    versions: ["v1alpha1"],
    kind,
    plural: pluralOf(kind),
  })),
  { group: "linkerd.io", versions: ["v1alpha2"], kind: "ServiceProfile", plural: "serviceprofiles" },
];

function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  return lower.endsWith("y") ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}

/** CRDs of a mesh with open schemas, for simulated clusters; real ones bring their mesh's own. */
export function openCrds(mesh: "istio" | "linkerd"): JsonObject[] {
  return (mesh === "istio" ? istio : linkerd).map(openCrd);
}
