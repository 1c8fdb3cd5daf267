import { mayBind, mayGrant } from "../auth/escalation.ts";
import { forbidden } from "../errors/refusals.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { nameOf } from "../json/kube-object.ts";
import { type Call, named } from "./call.ts";
import type { Cluster } from "./cluster.ts";

/** Refuses (403) roles and bindings that would give somebody more than their author has. */
export function checkGrant(cluster: Cluster, call: Call, object: KubeObject): void {
  const { group, plural } = call.resource;
  if (group !== "rbac.authorization.k8s.io") return;
  const fine = plural.endsWith("bindings")
    ? mayBind(call.user, object, call.namespace, cluster)
    : mayGrant(call.user, object, plural, call.namespace, cluster);
  if (fine) return;
  const groups = call.user.groups.map((name) => JSON.stringify(name)).join(" ");
  const who = `user ${JSON.stringify(call.user.name)} (groups=[${groups}])`;
  throw forbidden(
    named(call),
    nameOf(object),
    `${who} is attempting to grant RBAC permissions not currently held`,
  );
}
