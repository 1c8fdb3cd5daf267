import type { JsonObject } from "./json/json.ts";

const rbac = (kind: string, name: string, rest: JsonObject): JsonObject => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind,
  metadata: {
    name,
    labels: { "kubernetes.io/bootstrapping": "rbac-defaults" },
    annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" },
  },
  ...rest,
});
const role = (name: string, rules: JsonObject[]): JsonObject => rbac("ClusterRole", name, { rules });
const bind = (name: string, ...groups: string[]): JsonObject =>
  rbac("ClusterRoleBinding", name, {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
    subjects: groups.map((group) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: group })),
  });

const health = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
const documents = ["/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"];

/** What a new cluster has: its namespaces and the roles that everybody's discovery rests on. */
export const bootstrapObjects: readonly JsonObject[] = [
  ...["default", "kube-node-lease", "kube-public", "kube-system"].map((name) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name },
  })),
  role("cluster-admin", [
    { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
    { nonResourceURLs: ["*"], verbs: ["*"] },
  ]),
  role("system:basic-user", [
    {
      apiGroups: ["authorization.k8s.io"],
      resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
      verbs: ["create"],
    },
    { apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"] },
  ]),
  role("system:discovery", [{ nonResourceURLs: [...health, ...documents], verbs: ["get"] }]),
  role("system:public-info-viewer", [{ nonResourceURLs: health, verbs: ["get"] }]),
  bind("cluster-admin", "system:masters"),
  bind("system:basic-user", "system:authenticated"),
  bind("system:discovery", "system:authenticated"),
  bind("system:public-info-viewer", "system:authenticated", "system:unauthenticated"),
];
