import { badRequest, conflict, invalid, modified, notFound } from "../errors/refusals.ts";
import { trackUpdate } from "../fields/field-manager.ts";
import { sameFields } from "../fields/managed-fields.ts";
import { asString, equal, type JsonObject } from "../json/json.ts";
import { finalizersOf, isDeleting, type KubeObject, nameOf, uidOf } from "../json/kube-object.ts";
import { contentOf, hasSubresource } from "../resources/resource.ts";
import { Entry } from "../store/store.ts";
import { type Call, named, storedVersionOf } from "./call.ts";
import { checkGrant } from "./check-grant.ts";
import { checkObject } from "./check-object.ts";
import type { Cluster } from "./cluster.ts";
import { checkSize } from "./create.ts";
import { type Body, checkSchema, decode, readObject } from "./decode.ts";
import { fieldContext } from "./field-context.ts";

/** `PUT` of an object or its status. */
export function update(cluster: Cluster, call: Call, body: Body): Entry {
  const object = readObject(call, body.value);
  const name = nameOf(object);
  if (name !== "" && name !== call.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`);
  }
  const namespace = asString(object.metadata["namespace"]);
  if (namespace !== "" && namespace !== call.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  object.metadata["name"] = call.name;
  if (call.resource.namespaced) object.metadata["namespace"] = call.namespace;
  const live = existing(cluster, call);
  if (call.resource.custom && asString(object.metadata["resourceVersion"]) === "") {
    const message = "Invalid value: 0: must be specified for an update";
    throw invalid(named(call), call.name, [
      { reason: "FieldValueInvalid", field: "metadata.resourceVersion", message },
    ]);
  }
  return replace(cluster, call, live, decode(call, object, body.duplicates));
}

export function existing(cluster: Cluster, call: Call): Entry {
  const entry = cluster.store.get(call.resource, call.namespace, call.name);
  if (entry === undefined) throw notFound(named(call), call.name);
  return entry;
}

/** Puts a decoded object in the place of the live one, tracking ownership as an update. */
export function replace(cluster: Cluster, call: Call, live: Entry, object: KubeObject): Entry {
  const before = live.as(object.apiVersion);
  const next = carryOver(call, before, object);
  const managed = trackUpdate(before, next, fieldContext(call, "Update"));
  return commit(cluster, call, live, next, managed);
}

/** The new object with what this request cannot change taken from the live one. Checks the preconditions. */
export function carryOver(call: Call, live: KubeObject, object: KubeObject): KubeObject {
  const given = object.metadata;
  const uid = asString(given["uid"]);
  if (uid !== "" && uid !== uidOf(live)) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${uidOf(live)}`;
    throw conflict(named(call), call.name, why);
  }
  const version = asString(given["resourceVersion"]);
  if (version !== "" && version !== live.metadata["resourceVersion"]) throw modified(named(call), call.name);
  if (call.subresource === "status") {
    const { managedFields } = given;
    const metadata = managedFields === undefined ? live.metadata : { ...live.metadata, managedFields };
    const { status: _old, ...rest } = live;
    return { ...rest, metadata, ...(object["status"] === undefined ? {} : { status: object["status"] }) };
  }
  const next: KubeObject = { ...object, metadata: { ...given } };
  for (const key of serverSet) {
    const value = live.metadata[key];
    if (value === undefined) delete next.metadata[key];
    else next.metadata[key] = value;
  }
  if (hasSubresource(call.version, "status")) {
    if (live["status"] === undefined) delete next["status"];
    else next["status"] = live["status"];
  }
  if (call.resource.group === "" && call.resource.plural === "namespaces" && live["spec"] !== undefined) {
    next["spec"] = live["spec"]; // finalizers change through the finalize subresource only
  }
  return next;
}

const serverSet = [
  "name",
  "namespace",
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "generation",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
] as const;

/**
 * Validates and stores a changed object: nothing is written when nothing but times of owners changed, the generation
 * grows with the content, and a deleted object without finalizers goes away.
 */
export function commit(
  cluster: Cluster,
  call: Call,
  live: Entry,
  next: KubeObject,
  managedFields: JsonObject[],
): Entry {
  checkObject(call, next);
  checkSchema(call, next);
  const withoutStatus = hasSubresource(call.version, "status");
  const before = live.object;
  const { managedFields: _given, ...metadata } = next.metadata;
  const content = contentOf(next, withoutStatus);
  const changed = call.resource.hasGeneration && !equal(contentOf(before, withoutStatus), content);
  let object: KubeObject = {
    ...next,
    apiVersion: storedVersionOf(call),
    metadata: {
      ...metadata,
      ...(changed ? { generation: Number(before.metadata["generation"] ?? 0) + 1 } : {}),
      ...(managedFields.length > 0 ? { managedFields } : {}),
    },
  };
  if (!call.resource.custom && object.kind === "Service") object = cluster.services.allocate(object, before);
  if (isSame(before, object)) return live;
  checkGrant(cluster, call, object);
  checkSize(object);
  if (call.dryRun) return new Entry(object, live.revision);
  const entry = cluster.store.write(call.resource, object);
  const done = isDeleting(object) && finalizersOf(object).length === 0 && !heldBySpec(object);
  return done ? cluster.store.remove(call.resource, entry) : entry;
}

/** A namespace is held by the finalizer in its spec. */
export const heldBySpec = (object: KubeObject): boolean =>
  object.kind === "Namespace" &&
  object.apiVersion === "v1" &&
  Array.isArray(object["spec"] && (object["spec"] as JsonObject)["finalizers"]);

function isSame(a: KubeObject, b: KubeObject): boolean {
  const { managedFields: left, ...metadataA } = a.metadata;
  const { managedFields: right, ...metadataB } = b.metadata;
  return equal({ ...a, metadata: metadataA }, { ...b, metadata: metadataB }) && sameFields(left, right);
}
