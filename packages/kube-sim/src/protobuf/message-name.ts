/** The protobuf message of a built-in kind, such as `k8s.io.api.rbac.v1.Role`. */
export function messageName(group: string, version: string, kind: string): string {
  if (kind === "DeleteOptions") return "k8s.io.apimachinery.pkg.apis.meta.v1.DeleteOptions";
  return `k8s.io.api.${group === "" ? "core" : group.split(".")[0]}.${version}.${kind}`;
}
