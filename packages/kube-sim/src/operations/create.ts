import { randomInt, randomUUID } from "node:crypto";
import { alreadyExists, badRequest, forbidden, invalid, notFound } from "../errors/refusals.ts";
import { StatusError } from "../errors/status-error.ts";
import { trackUpdate } from "../fields/field-manager.ts";
import { asArray, asString, at, type Json, type JsonObject, roughSize } from "../json/json.ts";
import { isDeleting, type KubeObject, nameOf, timestamp } from "../json/kube-object.ts";
import { hasSubresource } from "../resources/resource.ts";
import { applyDefaults } from "../schema/apply-defaults.ts";
import { Entry } from "../store/store.ts";
import { type Call, named, storedVersionOf } from "./call.ts";
import { checkGrant } from "./check-grant.ts";
import { checkObject } from "./check-object.ts";
import type { Cluster } from "./cluster.ts";
import { type Body, checkSchema, decode, readObject } from "./decode.ts";
import { fieldContext } from "./field-context.ts";

const alphabet = "bcdfghjklmnpqrstvwxz2456789";
const suffix = (): string => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join("");

/** Etcd's limit for one value, in bytes. */
const maxObjectBytes = 1_572_864;

/** `POST` to a collection. */
export function create(cluster: Cluster, call: Call, body: Body): Entry {
  const object = decode(call, prepare(call, readObject(call, body.value)), body.duplicates);
  const empty: KubeObject = { apiVersion: object.apiVersion, kind: object.kind, metadata: {} };
  if (!call.resource.custom) applyDefaults(empty, call.version.schema);
  const managed = trackUpdate(empty, object, fieldContext(call, "Update"));
  return insert(cluster, call, object, managed);
}

/** Checks the identity in the body against the URL and makes up what is missing. */
function prepare(call: Call, object: KubeObject): KubeObject {
  const { metadata } = object;
  const namespace = asString(metadata["namespace"]);
  if (namespace !== "" && namespace !== call.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (call.resource.namespaced) metadata["namespace"] = call.namespace;
  else delete metadata["namespace"];
  if (nameOf(object) === "" && asString(metadata["generateName"]) !== "") {
    metadata["name"] = `${asString(metadata["generateName"])}${suffix()}`;
  }
  if (nameOf(object) === "") {
    const message = "Required value: name or generateName is required";
    throw invalid(named(call), "", [{ reason: "FieldValueRequired", field: "metadata.name", message }]);
  }
  if (asString(metadata["resourceVersion"]) !== "") {
    throw new StatusError(500, "", "resourceVersion should not be set on objects to be created");
  }
  return object;
}

/** Stores a decoded object that does not exist yet; shared with apply. */
export function insert(cluster: Cluster, call: Call, object: KubeObject, managed: JsonObject[]): Entry {
  const name = nameOf(object);
  if (call.resource.namespaced) checkNamespace(cluster, call, name);
  for (const key of ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"])
    delete object.metadata[key];
  if (hasSubresource(call.version, "status")) resetStatus(call, object);
  checkObject(call, object);
  checkSchema(call, object);
  checkGrant(cluster, call, object);
  if (cluster.store.get(call.resource, call.namespace, name) !== undefined)
    throw alreadyExists(named(call), name);
  const { managedFields: _given, ...metadata } = object.metadata;
  const stored = finishNew(cluster, call, {
    ...object,
    apiVersion: storedVersionOf(call),
    metadata: {
      ...metadata,
      uid: randomUUID(),
      creationTimestamp: timestamp(),
      ...(call.resource.hasGeneration ? { generation: 1 } : {}),
      ...(managed.length > 0 ? { managedFields: managed } : {}),
    },
  });
  checkSize(stored);
  return call.dryRun ? new Entry(stored, 0) : cluster.store.write(call.resource, stored);
}

/** Refuses an object that etcd would not take. */
export function checkSize(object: KubeObject): void {
  if (roughSize(object) > maxObjectBytes) throw new StatusError(500, "", "etcdserver: request is too large");
}

function checkNamespace(cluster: Cluster, call: Call, name: string): void {
  const namespace = cluster.namespace(call.namespace);
  if (namespace === undefined) {
    throw notFound({ group: "", plural: "namespaces", kind: "Namespace" }, call.namespace);
  }
  if (!isDeleting(namespace)) return;
  const why = `unable to create new content in namespace ${call.namespace} because it is being terminated`;
  throw forbidden(named(call), name, why, [
    {
      reason: "NamespaceTerminating",
      message: `namespace ${call.namespace} is being terminated`,
      field: "metadata.namespace",
    },
  ]);
}

/** Status is not taken from the body of a new object: it starts as the schema says. */
function resetStatus(call: Call, object: KubeObject): void {
  delete object["status"];
  applyDefaults(object, call.version.schema);
}

function finishNew(cluster: Cluster, call: Call, object: KubeObject): KubeObject {
  if (call.resource.custom) return object;
  switch (object.kind) {
    case "Service":
      return cluster.services.allocate(object, undefined);
    case "Namespace":
      return { ...object, spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } };
    case "CustomResourceDefinition":
      return { ...object, status: { ...newDefinitionStatus, storedVersions: storageVersions(object) } };
    case "Pod":
      return { ...object, status: { phase: "Pending", qosClass: "BestEffort" } };
    default:
      return object;
  }
}

const newDefinitionStatus: JsonObject = { conditions: null, acceptedNames: { plural: "", kind: "" } };
const storageVersions = (definition: KubeObject): Json[] =>
  asArray(at(definition, "spec", "versions")).flatMap((version) =>
    at(version, "storage") === true ? [at(version, "name") ?? ""] : [],
  );
