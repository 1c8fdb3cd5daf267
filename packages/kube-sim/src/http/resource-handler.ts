import type { IncomingMessage } from "node:http";
import type { RoleSource } from "../auth/rbac.ts";
import { serviceAccountUser, type Tokens } from "../auth/tokens.ts";
import type { User } from "../auth/user.ts";
import { badRequest, methodNotAllowed, noSuchPath, unsupportedMediaType } from "../errors/refusals.ts";
import { asObject, type Json, type JsonObject } from "../json/json.ts";
import { type KubeObject, nameOf, timestamp, uidOf } from "../json/kube-object.ts";
import { apiVersionOf, type Call } from "../operations/call.ts";
import type { Cluster } from "../operations/cluster.ts";
import { create } from "../operations/create.ts";
import { type Body, decode } from "../operations/decode.ts";
import { list, selectionOf } from "../operations/list.ts";
import { applyPatchType, patch, patchTypes } from "../operations/patch.ts";
import { readDeleteOptions, remove, removeEntry } from "../operations/remove.ts";
import { readScale, scalePathsOf, withScale } from "../operations/scale.ts";
import { existing, replace, update } from "../operations/update.ts";
import { hasSubresource } from "../resources/resource.ts";
import type { Entry } from "../store/store.ts";
import { type Answer, optionalObject, success } from "./answer.ts";
import type { Wanted } from "./negotiate.ts";
import { listHeader, partial, presentObject, table } from "./present.ts";
import { parseBody, parseProtobuf, protobufType, readBytes } from "./read-body.ts";

/** A request to a resource after its rights are checked. */
export interface Request {
  readonly call: Call;
  readonly method: string;
  readonly query: URLSearchParams;
  readonly wanted: Wanted;
  readonly incoming: IncomingMessage;
}

export interface Sources {
  readonly cluster: Cluster;
  readonly roles: RoleSource;
  readonly tokens: Tokens;
}

const mediaOf = (incoming: IncomingMessage): string =>
  (incoming.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";

const bodyTypes = ["application/json", "application/yaml", protobufType];

export async function readBody({ call, incoming }: Request): Promise<Body> {
  const media = mediaOf(incoming);
  if (media !== "" && !bodyTypes.includes(media)) throw unsupportedMediaType(bodyTypes);
  const bytes = await readBytes(incoming);
  if (media === protobufType) return parseProtobuf(bytes);
  const text = bytes.toString();
  return parseBody(text, media === "application/yaml", (why) => {
    const excerpt = text.length > 256 ? `${text.slice(0, 256)}...` : text;
    return `the object provided is unrecognized (must be of type ${call.resource.kind}): couldn't get version/kind; json parse error: ${why} (${excerpt})`;
  });
}

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

async function handleSubresource(sources: Sources, request: Request): Promise<Answer> {
  const { call, method } = request;
  const { cluster } = sources;
  if (!hasSubresource(call.version, call.subresource)) throw noSuchPath();
  const live = existing(cluster, call);
  if (call.subresource === "scale") {
    const paths = scalePathsOf(call);
    const answer = (entry: Entry): Answer => ({
      code: 200,
      body: readScale(entry.as(apiVersionOf(call)), paths),
    });
    if (method === "GET") return answer(live);
    const scale = readScale(live.object, paths);
    const wanted = method === "PUT" ? (await readBody(request)).value : await patchedScale(request, scale);
    const object = withScale(live.as(apiVersionOf(call)), wanted, paths);
    return answer(replace(cluster, { ...call, subresource: "" }, live, decode(call, object)));
  }
  if (call.subresource === "finalize" && method === "PUT") {
    const { value } = await readBody(request);
    return { code: 200, body: finalize(cluster, call, live, asObject(asObject(value)["spec"])).object };
  }
  if (method !== "POST") throw methodNotAllowed();
  const { value } = await readBody(request);
  if (call.subresource === "eviction") {
    removeEntry(cluster, call.resource, live, "Background", call.dryRun);
    return {
      code: 201,
      body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 },
    };
  }
  return { code: 201, body: issueToken(sources.tokens, call, asObject(value)) };
}

async function patchedScale(request: Request, scale: KubeObject): Promise<Json> {
  if (mediaOf(request.incoming) === "application/json-patch+json") throw unsupportedMediaType();
  const { value } = parseBody(
    (await readBytes(request.incoming)).toString(),
    false,
    (why) => `error decoding patch: ${why}`,
  );
  const spec = { ...asObject(scale["spec"]), ...asObject(asObject(value)["spec"]) };
  return { ...scale, spec };
}

/** Sets the finalizers in the spec of a namespace; a deleted one goes with the last of them. */
function finalize(cluster: Cluster, call: Call, live: Entry, spec: JsonObject): Entry {
  const finalizers = spec["finalizers"];
  const { finalizers: _old, ...rest } = asObject(live.object["spec"]);
  const held = Array.isArray(finalizers) && finalizers.length > 0;
  const object = { ...live.object, spec: held ? { ...rest, finalizers } : rest };
  const entry = cluster.store.write(call.resource, object);
  const gone =
    !held &&
    object.metadata["deletionTimestamp"] !== undefined &&
    object.metadata["finalizers"] === undefined;
  return gone ? cluster.store.remove(call.resource, entry) : entry;
}

const defaultTokenSeconds = 3600;

function issueToken(tokens: Tokens, call: Call, body: JsonObject): JsonObject {
  const spec = asObject(body["spec"]);
  const seconds =
    typeof spec["expirationSeconds"] === "number" ? spec["expirationSeconds"] : defaultTokenSeconds;
  if (seconds < 600)
    throw badRequest("spec.expirationSeconds: may not specify a duration less than 10 minutes");
  const expires = Date.now() + seconds * 1000;
  const user: User = serviceAccountUser(call.namespace, call.name);
  return {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name: call.name, namespace: call.namespace, creationTimestamp: timestamp() },
    spec: {
      ...spec,
      expirationSeconds: seconds,
      audiences: spec["audiences"] ?? ["https://kubernetes.default.svc"],
    },
    status: { token: tokens.issue(user, expires), expirationTimestamp: timestamp(new Date(expires)) },
  };
}
