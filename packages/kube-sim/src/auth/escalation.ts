import { asArray, asString, isObject, type JsonObject, strings } from "../json/json.ts";
import { isAllowed, type RoleSource, rulesOf } from "./rbac.ts";
import type { User } from "./user.ts";

const rbacGroup = "rbac.authorization.k8s.io";

/** Whether a role may be written by a user: one may grant only what one has, unless one may `escalate`. */
export function mayGrant(
  user: User,
  role: JsonObject,
  resource: string,
  namespace: string,
  roles: RoleSource,
): boolean {
  const wanted = { verb: "escalate", group: rbacGroup, resource, subresource: "", namespace, name: "" };
  return isAllowed(user, wanted, roles) || holdsAll(user, rulesIn(role), namespace, roles);
}

/** Whether a binding may be written by a user: who has all that the role allows, or may `bind` it. */
export function mayBind(user: User, binding: JsonObject, namespace: string, roles: RoleSource): boolean {
  const reference = isObject(binding["roleRef"]) ? binding["roleRef"] : {};
  const name = asString(reference["name"]);
  const cluster = reference["kind"] === "ClusterRole";
  const resource = cluster ? "clusterroles" : "roles";
  const wanted = { verb: "bind", group: rbacGroup, resource, subresource: "", namespace, name };
  if (isAllowed(user, wanted, roles)) return true;
  const role = cluster ? roles.clusterRole(name) : roles.role(namespace, name);
  return role !== undefined && holdsAll(user, rulesIn(role), namespace, roles);
}

const rulesIn = (role: JsonObject): JsonObject[] => asArray(role["rules"]).filter(isObject);

function holdsAll(user: User, wanted: readonly JsonObject[], namespace: string, roles: RoleSource): boolean {
  if (user.groups.includes("system:masters")) return true;
  const held = [...rulesOf(user, namespace, roles)];
  return wanted.flatMap((rule) => [...atoms(rule)]).every((atom) => held.some((rule) => covers(rule, atom)));
}

/** One verb on one resource (and one name), or on one path. */
interface Atom {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly name?: string;
  readonly url?: string;
}

function* atoms(rule: JsonObject): Generator<Atom> {
  const names = strings(rule["resourceNames"]);
  for (const verb of strings(rule["verbs"])) {
    for (const url of strings(rule["nonResourceURLs"])) yield { verb, url };
    for (const group of strings(rule["apiGroups"])) {
      for (const resource of strings(rule["resources"])) {
        if (names.length === 0) yield { verb, group, resource };
        else for (const name of names) yield { verb, group, resource, name };
      }
    }
  }
}

function covers(rule: JsonObject, { verb, group, resource, name, url }: Atom): boolean {
  const has = (key: string, value: string): boolean => {
    const list = strings(rule[key]);
    return list.includes("*") || list.includes(value);
  };
  if (!has("verbs", verb)) return false;
  if (url !== undefined) return has("nonResourceURLs", url);
  const names = strings(rule["resourceNames"]);
  return (
    has("apiGroups", group ?? "") &&
    has("resources", resource ?? "") &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  );
}
