import type { MeshFact } from "@heddle/api";

/** `v1` where the API server serves it (Istio 1.22 and newer), the version before it otherwise; the schemas are the same. */
export function apiVersionOf(
  mesh: MeshFact,
  group: "networking.istio.io" | "security.istio.io" | "telemetry.istio.io",
): string {
  const before = group === "telemetry.istio.io" ? "v1alpha1" : "v1beta1";
  return `${group}/${mesh.apis.includes(`${group}/v1`) ? "v1" : before}`;
}

/** Namespace whose security objects hold for the whole mesh. */
export function rootNamespace(mesh: MeshFact): string {
  return mesh.settings["rootNamespace"] ?? mesh.namespace;
}
