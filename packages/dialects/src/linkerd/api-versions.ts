import type { MeshFact } from "@heddle/api";
import { atLeast } from "@heddle/core";

/** Linkerd reads HTTPRoute `v1` from 2.18 on, `v1beta1` before. */
export function gatewayApiVersion(mesh: MeshFact): string {
  const v1 = "gateway.networking.k8s.io/v1";
  return atLeast(mesh.version, "2.18") && mesh.apis.includes(v1) ? v1 : "gateway.networking.k8s.io/v1beta1";
}

/** Server `v1beta3` brought `accessPolicy` (2.16). */
export function serverApiVersion(mesh: MeshFact): string {
  return mesh.apis.includes("policy.linkerd.io/v1beta3")
    ? "policy.linkerd.io/v1beta3"
    : "policy.linkerd.io/v1beta1";
}

export const policyApiVersion = "policy.linkerd.io/v1alpha1";
export const policyGroup = "policy.linkerd.io";

/** Workloads that are no pods (2.15). */
export const machineApiVersion = "workload.linkerd.io/v1beta1";
