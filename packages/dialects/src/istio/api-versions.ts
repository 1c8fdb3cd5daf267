import type { MeshFact } from "@heddle/api";

/** `v1` where the API server serves it (Istio 1.22 and newer), `v1beta1` otherwise; the schemas are the same. */
export function apiVersionOf(mesh: MeshFact, group: "networking.istio.io" | "security.istio.io"): string {
  return mesh.apis.includes(`${group}/v1`) ? `${group}/v1` : `${group}/v1beta1`;
}

/** Namespace whose security objects hold for the whole mesh. */
export function rootNamespace(mesh: MeshFact): string {
  return mesh.settings["rootNamespace"] ?? mesh.namespace;
}
