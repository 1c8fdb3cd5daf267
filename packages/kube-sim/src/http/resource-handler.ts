import { methodNotAllowed, noSuchPath, unsupportedMediaType } from "../errors/refusals.ts";
import type { JsonObject } from "../json/json.ts";
import { type KubeObject, nameOf, uidOf } from "../json/kube-object.ts";
import { apiVersionOf, type Call } from "../operations/call.ts";
import type { Cluster } from "../operations/cluster.ts";
import { create } from "../operations/create.ts";
import type { Body } from "../operations/decode.ts";
import { list, selectionOf } from "../operations/list.ts";
import { applyPatchType, patch, patchTypes } from "../operations/patch.ts";
import { readDeleteOptions, remove, removeEntry } from "../operations/remove.ts";
import { existing, update } from "../operations/update.ts";
import { hasSubresource } from "../resources/resource.ts";
import type { Entry } from "../store/store.ts";
import { type Answer, optionalObject, success } from "./answer.ts";
import { listHeader, partial, presentObject, table } from "./present.ts";
import { parseBody, parseProtobuf, protobufType, readBytes } from "./read-body.ts";
import { mediaOf, type Request, readBody, type Sources } from "./request.ts";
import { handleSubresource } from "./subresource-handler.ts";

/** Answers everything but watches. */
export async function handleResource(sources: Sources, request: Request): Promise<Answer> {
  const { call } = request;
  if (call.subresource !== "" && call.subresource !== "status") return handleSubresource(sources, request);
  if (call.subresource === "status" && !hasSubresource(call.version, "status")) throw noSuchPath();
  if (call.name === "") return handleCollection(sources.cluster, request);
  switch (request.method) {
    case "GET":
      return shown(request, 200, existing(sources.cluster, call));
    case "PUT": {
      const body = await readBody(request);
      return shown(request, 200, update(sources.cluster, call, body));
    }
    case "PATCH":
      return handlePatch(sources.cluster, request);
    case "DELETE":
      if (call.subresource !== "") throw methodNotAllowed();
      return handleDelete(sources.cluster, request);
    default:
      throw methodNotAllowed();
  }
}

async function handleCollection(cluster: Cluster, request: Request): Promise<Answer> {
  const { call, query, method } = request;
  if (method === "GET") return handleList(cluster, request);
  if (method === "POST") {
    if (call.resource.namespaced && call.namespace === "") throw methodNotAllowed();
    return shown(request, 201, create(cluster, call, await readBody(request)));
  }
  if (method !== "DELETE" || !call.resource.verbs.includes("deletecollection")) throw methodNotAllowed();
  const options = readDeleteOptions(optionalObject((await readOptionalBody(request)).value), query);
  const matches = selectionOf(call, query);
  const found = cluster.store
    .table(call.resource)
    .sorted()
    .filter((entry) => matches?.(entry.object) !== false);
  for (const entry of found) removeEntry(cluster, call.resource, entry, options.propagation, call.dryRun);
  const revision = String(cluster.store.revision);
  const items = found.map((entry) => itemOf(call, entry));
  return { code: 200, body: { ...listHeader(call), metadata: { resourceVersion: revision }, items } };
}

/** Items of built-in lists carry no apiVersion and kind, as the list says them. */
function itemOf(call: Call, entry: Entry): KubeObject | JsonObject {
  if (call.resource.custom) return entry.as(apiVersionOf(call));
  const { apiVersion: _a, kind: _k, ...rest } = entry.object;
  return rest;
}

function handleList(cluster: Cluster, { call, query, wanted }: Request): Answer {
  const page = list(cluster, call, query);
  const metadata: JsonObject = { resourceVersion: String(page.revision) };
  if (page.next !== undefined) metadata["continue"] = page.next;
  if (page.remaining !== undefined) metadata["remainingItemCount"] = page.remaining;
  const media = wanted.media;
  const apiVersion = apiVersionOf(call);
  if (wanted.as === "Table") {
    const objects = page.entries.map((entry) => entry.as(apiVersion));
    const options = { include: query.get("includeObject") ?? "Metadata", definitions: true };
    return { code: 200, media, body: table(call, objects, metadata, options) };
  }
  if (wanted.as === "PartialObjectMetadataList") {
    const items = page.entries.map((entry) => partial(entry.object));
    const header = { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1" };
    return { code: 200, media, body: { ...header, metadata, items } };
  }
  if (media === "application/yaml") {
    const items = page.entries.map((entry) => itemOf(call, entry));
    return { code: 200, media, body: { ...listHeader(call), metadata, items } };
  }
  // The objects' own JSON is kept, so a list is put together without serialising them again.
  const head = JSON.stringify({ ...listHeader(call), metadata }).slice(0, -1);
  const items = page.entries.map((entry) =>
    call.resource.custom ? entry.json(apiVersion) : entry.itemJson(apiVersion),
  );
  return { code: 200, media, body: null, json: `${head},"items":[${items.join(",")}]}` };
}

async function handlePatch(cluster: Cluster, request: Request): Promise<Answer> {
  const { call, incoming } = request;
  const media = mediaOf(incoming);
  const type = patchTypes.find((known) => known === media);
  if (type === undefined) throw unsupportedMediaType();
  if (type === "application/strategic-merge-patch+json" && call.resource.custom) throw unsupportedMediaType();
  const text = (await readBytes(incoming)).toString();
  const body = parseBody(text, type === applyPatchType, (why) => `error decoding patch: ${why}`);
  const { entry, created } = patch(cluster, call, type, body);
  return shown(request, created ? 201 : 200, entry);
}

async function readOptionalBody(request: Request): Promise<Body> {
  const media = mediaOf(request.incoming);
  const bytes = await readBytes(request.incoming);
  if (bytes.length === 0) return { value: {}, duplicates: [] };
  if (media === protobufType) return parseProtobuf(bytes);
  return parseBody(bytes.toString(), media === "application/yaml", (why) => why);
}

/** Kinds whose deletion answers the object instead of a Status. */
const answersObject = new Set([
  "pods",
  "services",
  "serviceaccounts",
  "persistentvolumes",
  "persistentvolumeclaims",
  "resourcequotas",
  "podtemplates",
]);

async function handleDelete(cluster: Cluster, request: Request): Promise<Answer> {
  const { call, query } = request;
  const body = optionalObject((await readOptionalBody(request)).value);
  const dryRun = call.dryRun || (Array.isArray(body["dryRun"]) && body["dryRun"].includes("All"));
  const live = existing(cluster, call);
  const { entry, gone } = remove(cluster, { ...call, dryRun }, live, readDeleteOptions(body, query));
  const { group, plural, custom } = call.resource;
  if (!gone || (!custom && group === "" && answersObject.has(plural))) return shown(request, 200, entry);
  const details = {
    name: nameOf(entry.object),
    ...(group === "" ? {} : { group }),
    kind: plural,
    uid: uidOf(entry.object),
  };
  return { code: 200, body: success(details) };
}

function shown({ call, wanted, query }: Request, code: number, entry: Entry): Answer {
  const apiVersion = apiVersionOf(call);
  if (wanted.as === undefined && wanted.media === "application/json") {
    return { code, body: null, json: entry.json(apiVersion) };
  }
  const body = presentObject(call, entry.as(apiVersion), wanted, query.get("includeObject") ?? "Metadata");
  return { code, body, media: wanted.media };
}
