import { denial, isAllowed } from "../auth/rbac.ts";
import { badRequest, conflict, forbidden, notFound } from "../errors/refusals.ts";
import { StatusError } from "../errors/status-error.ts";
import { applyFields, type FieldConflict } from "../fields/field-manager.ts";
import { clone, isObject } from "../json/json.ts";
import { type KubeObject, nameOf, namespaceOf } from "../json/kube-object.ts";
import { prune } from "../schema/prune.ts";
import type { Entry } from "../store/store.ts";
import { type Call, named } from "./call.ts";
import type { Cluster } from "./cluster.ts";
import { insert } from "./create.ts";
import { type Body, decode, readObject } from "./decode.ts";
import { fieldContext } from "./field-context.ts";
import { carryOver, commit } from "./update.ts";

/** Server-side apply; makes the object where there is none, for those who may create it. */
export function apply(cluster: Cluster, call: Call, body: Body): { entry: Entry; created: boolean } {
  const { value } = body;
  if (!isObject(value) || value["apiVersion"] === undefined || value["kind"] === undefined) {
    const { apiVersion = "", kind = "" } = isObject(value) ? value : {};
    throw badRequest(`invalid object type: ${apiVersion || "/"}, Kind=${kind}`);
  }
  const config = readObject(call, clone(value));
  if (config.metadata["managedFields"] !== undefined) throw badRequest("metadata.managedFields must be nil");
  const found = cluster.store.get(call.resource, call.namespace, call.name);
  checkDeclared(call, config);
  checkIdentity(call, config, found !== undefined);
  if (found === undefined) {
    if (call.subresource !== "") throw notFound(named(call), call.name);
    const wanted = { verb: "create", ...attributesOf(call) };
    if (!isAllowed(call.user, wanted, cluster)) {
      throw forbidden(named(call), call.name, denial(call.user, wanted));
    }
  }
  if (found === undefined && config.metadata["uid"] !== undefined) {
    const why = `uid mismatch: the provided object specified uid ${config.metadata["uid"]}, and no existing object was found`;
    throw conflict(named(call), call.name, why);
  }
  const live: KubeObject = found?.as(config.apiVersion) ?? {
    apiVersion: config.apiVersion,
    kind: config.kind,
    metadata: { name: call.name, ...(call.resource.namespaced ? { namespace: call.namespace } : {}) },
  };
  const outcome = applyFields(live, config, { ...fieldContext(call, "Apply"), force: call.force });
  if ("conflicts" in outcome) throw applyConflict(outcome.conflicts);
  const object = decode(call, readObject(call, clone(outcome.object)), body.duplicates);
  if (found === undefined) {
    return { entry: insert(cluster, call, object, outcome.managedFields), created: true };
  }
  const next = carryOver(call, live, object);
  return { entry: commit(cluster, call, found, next, outcome.managedFields), created: false };
}

const attributesOf = ({ resource, namespace, name, subresource }: Call) => ({
  group: resource.group,
  resource: resource.plural,
  subresource,
  namespace,
  name,
});

/** An applied configuration may hold only what the schema declares, whatever `fieldValidation` says. */
function checkDeclared(call: Call, config: KubeObject): void {
  const [unknown] = prune(clone(config), call.version.schema);
  if (unknown === undefined) return;
  const { namespace = "", name = "" } = config.metadata;
  const version = config.apiVersion.includes("/") ? config.apiVersion : `/${config.apiVersion}`;
  const what = `(${namespace}/${name}; ${version}, Kind=${config.kind})`;
  const message = `failed to create typed patch object ${what}: .${unknown}: field not declared in schema`;
  throw new StatusError(500, "", message);
}

function checkIdentity(call: Call, config: KubeObject, exists: boolean): void {
  const name = nameOf(config);
  if (name === "" && !exists) {
    throw badRequest(
      `the name of the object (${call.name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (name === "") config.metadata["name"] = call.name;
  else if (name !== call.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`);
  }
  const namespace = namespaceOf(config);
  if (namespace !== "" && namespace !== call.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (call.resource.namespaced) config.metadata["namespace"] = call.namespace;
}

function applyConflict(conflicts: readonly FieldConflict[]): StatusError {
  const causes = conflicts.map((item) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${printed(item)}`,
    field: item.path,
  }));
  return new StatusError(409, "Conflict", conflictMessage(conflicts), { causes });
}

function printed({ owner }: FieldConflict): string {
  const subresource = owner.subresource === "" ? "" : ` with subresource "${owner.subresource}"`;
  const using = owner.operation === "Update" ? ` using ${owner.apiVersion}` : "";
  return `"${owner.manager}"${subresource}${using}`;
}

function conflictMessage(conflicts: readonly FieldConflict[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${printed(first)}: ${first.path}`;
  }
  const byOwner = Map.groupBy(conflicts, printed);
  const parts = [...byOwner.keys()]
    .sort()
    .flatMap((owner) => [
      `conflicts with ${owner}:`,
      ...(byOwner.get(owner) ?? []).map((item) => `- ${item.path}`),
    ]);
  return `Apply failed with ${conflicts.length} conflicts: ${parts.join("\n")}`;
}
