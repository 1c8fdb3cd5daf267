import { asArray, asObject, asString, isObject, type JsonObject, strings } from "../json/json.ts";
import { type KubeObject, namespaceOf } from "../json/kube-object.ts";
import type { Attributes, ResourceAttributes, User } from "./user.ts";

/** The role objects that decide, read at each question: writes to them take effect at once. */
export interface RoleSource {
  clusterRoleBindings(): Iterable<KubeObject>;
  roleBindings(namespace: string): Iterable<KubeObject>;
  clusterRole(name: string): KubeObject | undefined;
  role(namespace: string, name: string): KubeObject | undefined;
}

/** Whether a user may do something: the union of all rules bound to them. `system:masters` may everything. */
export function isAllowed(user: User, attributes: Attributes, roles: RoleSource): boolean {
  if (user.groups.includes("system:masters")) return true;
  const namespace = "path" in attributes ? "" : attributes.namespace;
  for (const rule of rulesOf(user, namespace, roles)) if (ruleAllows(rule, attributes)) return true;
  return false;
}

/** Every rule that holds for a user in a namespace; those of cluster bindings alone for the empty namespace. */
export function* rulesOf(user: User, namespace: string, roles: RoleSource): Generator<JsonObject> {
  for (const binding of roles.clusterRoleBindings()) {
    if (!binds(binding, user)) continue;
    yield* rules(roles.clusterRole(asString(asObject(binding["roleRef"])["name"])));
  }
  if (namespace === "") return;
  for (const binding of roles.roleBindings(namespace)) {
    if (!binds(binding, user)) continue;
    const reference = asObject(binding["roleRef"]);
    const name = asString(reference["name"]);
    yield* rules(reference["kind"] === "ClusterRole" ? roles.clusterRole(name) : roles.role(namespace, name));
  }
}

const rules = (role: KubeObject | undefined): JsonObject[] => asArray(role?.["rules"]).filter(isObject);

function binds(binding: KubeObject, user: User): boolean {
  return asArray(binding["subjects"])
    .filter(isObject)
    .some((subject) => {
      const name = asString(subject["name"]);
      if (subject["kind"] === "Group") return user.groups.includes(name);
      if (subject["kind"] === "User") return user.name === name;
      const namespace = asString(subject["namespace"]) || namespaceOf(binding);
      return user.name === `system:serviceaccount:${namespace}:${name}`;
    });
}

function ruleAllows(rule: JsonObject, attributes: Attributes): boolean {
  const verbs = strings(rule["verbs"]);
  if (!verbs.includes("*") && !verbs.includes(attributes.verb)) return false;
  if ("path" in attributes) {
    return strings(rule["nonResourceURLs"]).some(
      (pattern) =>
        pattern === "*" ||
        pattern === attributes.path ||
        (pattern.endsWith("*") && attributes.path.startsWith(pattern.slice(0, -1))),
    );
  }
  return coversResource(rule, attributes);
}

function coversResource(rule: JsonObject, wanted: ResourceAttributes): boolean {
  const groups = strings(rule["apiGroups"]);
  if (!groups.includes("*") && !groups.includes(wanted.group)) return false;
  const full = wanted.subresource === "" ? wanted.resource : `${wanted.resource}/${wanted.subresource}`;
  const resources = strings(rule["resources"]);
  const named =
    resources.includes("*") ||
    resources.includes(full) ||
    (wanted.subresource !== "" && resources.includes(`*/${wanted.subresource}`));
  if (!named) return false;
  const names = strings(rule["resourceNames"]);
  return names.length === 0 || names.includes(wanted.name);
}

/** Why a request is forbidden, in the API server's words. */
export function denial(user: User, wanted: ResourceAttributes): string {
  const resource = wanted.subresource === "" ? wanted.resource : `${wanted.resource}/${wanted.subresource}`;
  const where = wanted.namespace === "" ? "at the cluster scope" : `in the namespace "${wanted.namespace}"`;
  return `User "${user.name}" cannot ${wanted.verb} resource "${resource}" in API group "${wanted.group}" ${where}`;
}
