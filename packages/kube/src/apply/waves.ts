import { groupOf } from "../kube-object.ts";

/**
 * What must exist before what. Objects of one wave are written side by side; waves follow each other, and deletes go the other way. A kind
 * that is not named here belongs to `restWave`.
 */
const waves: readonly (readonly string[])[] = [
  ["Namespace", "CustomResourceDefinition.apiextensions.k8s.io", "PriorityClass.scheduling.k8s.io"],
  ["ServiceAccount", "ClusterRole.rbac.authorization.k8s.io", "Role.rbac.authorization.k8s.io"],
  ["ClusterRoleBinding.rbac.authorization.k8s.io", "RoleBinding.rbac.authorization.k8s.io"],
  ["Secret", "ConfigMap"],
  [
    "Service",
    "ServiceEntry.networking.istio.io",
    "WorkloadEntry.networking.istio.io",
    "WorkloadGroup.networking.istio.io",
    "ExternalWorkload.workload.linkerd.io",
    "EgressNetwork.policy.linkerd.io",
    "MeshExternalService.kuma.io",
    "MeshService.kuma.io",
    "MeshMultiZoneService.kuma.io",
    "TrafficTarget.access.smi-spec.io",
    "GatewayClass.gateway.networking.k8s.io",
    "ReferenceGrant.gateway.networking.k8s.io",
  ],
  [
    "Deployment.apps",
    "DaemonSet.apps",
    "StatefulSet.apps",
    "EnvoyFilter.networking.istio.io",
    "WasmPlugin.extensions.istio.io",
  ],
  // Definitions that routes and policies refer to: a subset must be known before traffic is sent to it.
  [
    "DestinationRule.networking.istio.io",
    "Gateway.networking.istio.io",
    "Gateway.gateway.networking.k8s.io",
    "BackendTLSPolicy.gateway.networking.k8s.io",
    "Server.policy.linkerd.io",
    "MeshTLSAuthentication.policy.linkerd.io",
    "NetworkAuthentication.policy.linkerd.io",
    "Mesh.kuma.io",
    "MeshGateway.kuma.io",
    "ServiceDefaults.consul.hashicorp.com",
    "ProxyDefaults.consul.hashicorp.com",
    "ServiceResolver.consul.hashicorp.com",
    "HTTPRouteGroup.specs.smi-spec.io",
    "TCPRoute.specs.smi-spec.io",
    "Mesh.appmesh.k8s.aws",
  ],
  ["VirtualNode.appmesh.k8s.aws", "ServiceSplitter.consul.hashicorp.com"],
  ["VirtualRouter.appmesh.k8s.aws"],
  // restWave: routes, policies and everything else.
  [],
  [
    "PodDisruptionBudget.policy",
    "HorizontalPodAutoscaler.autoscaling",
    "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io",
  ],
  // Whatever they ask must be running.
  [
    "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
    "MutatingWebhookConfiguration.admissionregistration.k8s.io",
    "APIService.apiregistration.k8s.io",
  ],
];

const waveOfKind = new Map(waves.flatMap((kinds, wave) => kinds.map((kind) => [kind, wave] as const)));
const restWave = waves.findIndex((kinds) => kinds.length === 0);

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Position of a kind's wave, from 0. */
export function waveOf({ apiVersion, kind }: Kind): number {
  const group = groupOf(apiVersion);
  return waveOfKind.get(group ? `${kind}.${group}` : kind) ?? restWave;
}

/** Splits by wave, first wave first; order within a wave is kept. */
export function inWaves<T extends Kind>(items: readonly T[]): T[][];
export function inWaves<T>(items: readonly T[], kindOf: (item: T) => Kind): T[][];
export function inWaves<T extends Kind>(
  items: readonly T[],
  kindOf: (item: T) => Kind = (item) => item,
): T[][] {
  const byWave = Map.groupBy(items, (item) => waveOf(kindOf(item)));
  return [...byWave].toSorted(([a], [b]) => a - b).map(([, members]) => members);
}
