import { noSuchPath } from "../errors/refusals.ts";
import { asString, clone, isObject, type JsonObject } from "../json/json.ts";
import { type KubeObject, splitApiVersion } from "../json/kube-object.ts";
import type { Call } from "./call.ts";
import type { Cluster } from "./cluster.ts";
import { create } from "./create.ts";
import { decode, readObject } from "./decode.ts";
import { commit } from "./update.ts";

const manager = "kube-sim";

/**
 * Stores a plain object, status included, making its namespace where that is missing. Goes the way of a request, so
 * defaults, addresses and ownership are what a client would have got. Throws StatusError for what is not valid.
 */
export function seedObject(cluster: Cluster, source: JsonObject): KubeObject {
  const { group, version } = splitApiVersion(asString(source["apiVersion"]));
  const served = cluster.registry.findKind(group, version, asString(source["kind"]));
  if (served === undefined) throw noSuchPath();
  const metadata = isObject(source["metadata"]) ? source["metadata"] : {};
  const namespace = served.resource.namespaced ? asString(metadata["namespace"]) || "default" : "";
  const call: Call = {
    ...served,
    namespace,
    name: asString(metadata["name"]),
    subresource: "",
    user: { name: manager, groups: ["system:masters"] },
    fieldManager: manager,
    force: true,
    dryRun: false,
    fieldValidation: "Strict",
    warnings: [],
  };
  if (namespace !== "" && cluster.namespace(namespace) === undefined) {
    seedObject(cluster, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  }
  const { uid: _uid, resourceVersion: _rv, ...rest } = metadata;
  const object: JsonObject = { ...clone(source), metadata: clone(rest) };
  const live = cluster.store.get(served.resource, namespace, call.name);
  const entry = live ?? create(cluster, call, { value: object, duplicates: [] });
  if (live === undefined && source["status"] === undefined) return entry.object;
  const wanted = decode(call, readObject(call, clone(object)));
  const { managedFields } = entry.object.metadata;
  const next: KubeObject = {
    ...(live === undefined ? entry.object : wanted),
    ...(source["status"] === undefined ? {} : { status: wanted["status"] ?? {} }),
    metadata: live === undefined ? entry.object.metadata : { ...live.object.metadata, ...wanted.metadata },
  };
  return commit(
    cluster,
    call,
    entry,
    next,
    Array.isArray(managedFields) ? managedFields.filter(isObject) : [],
  ).object;
}
