import { type TestCluster, writeKubeconfig } from "../../testbed/cluster.ts";
import { rootNamespace } from "./control-plane-objects.ts";

/** As Istio's charts call them. */
const reader = "istio-reader-service-account";
const role = `istio-reader-clusterrole-${rootNamespace}`;

const readAll = (apiGroups: readonly string[], resources: readonly string[]) => ({
  ...{ apiGroups, resources },
  verbs: ["get", "list", "watch"],
});

/** What another cluster's istiod may read here, as the chart `istiod` has it. */
export const readerObjects: readonly object[] = [
  {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: reader, namespace: rootNamespace },
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: role },
    rules: [
      readAll(
        [
          "config.istio.io",
          "security.istio.io",
          "networking.istio.io",
          "telemetry.istio.io",
          "extensions.istio.io",
        ],
        ["*"],
      ),
      readAll([""], ["endpoints", "pods", "services", "nodes", "namespaces", "secrets", "configmaps"]),
      readAll(["discovery.k8s.io"], ["endpointslices"]),
      readAll(["apps"], ["replicasets"]),
      readAll(["gateway.networking.k8s.io"], ["gateways"]),
      readAll(["multicluster.x-k8s.io"], ["serviceexports", "serviceimports"]),
      readAll(["apiextensions.k8s.io"], ["customresourcedefinitions"]),
      { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
      { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
    ],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: role },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [{ kind: "ServiceAccount", name: reader, namespace: rootNamespace }],
  },
];

/**
 * The Secret by which another cluster's istiod watches this one, as `istioctl create-remote-secret` writes it; its token holds for a week.
 * The account must be there.
 */
export async function remoteSecret({ name, url, caPem, kubectlOk }: TestCluster): Promise<object> {
  const week = ["--duration", "168h"];
  const token = (await kubectlOk(["create", "token", reader, "-n", rootNamespace, ...week])).trim();
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: `istio-remote-secret-${name}`,
      namespace: rootNamespace,
      labels: { "istio/multiCluster": "true" },
      annotations: { "networking.istio.io/cluster": name },
    },
    stringData: { [name]: writeKubeconfig({ name, url, caPem, token }) },
  };
}
