import { serviceAccountUser, type Tokens } from "../auth/tokens.ts";
import type { User } from "../auth/user.ts";
import { badRequest, methodNotAllowed, noSuchPath, unsupportedMediaType } from "../errors/refusals.ts";
import { asObject, type Json, type JsonObject } from "../json/json.ts";
import { type KubeObject, timestamp } from "../json/kube-object.ts";
import { apiVersionOf, type Call } from "../operations/call.ts";
import type { Cluster } from "../operations/cluster.ts";
import { decode } from "../operations/decode.ts";
import { removeEntry } from "../operations/remove.ts";
import { readScale, scalePathsOf, withScale } from "../operations/scale.ts";
import { existing, replace } from "../operations/update.ts";
import { hasSubresource } from "../resources/resource.ts";
import type { Entry } from "../store/store.ts";
import type { Answer } from "./answer.ts";
import { parseBody, readBytes } from "./read-body.ts";
import { mediaOf, type Request, readBody, type Sources } from "./request.ts";

/** Answers scale, finalize, eviction and token requests. */
export async function handleSubresource(sources: Sources, request: Request): Promise<Answer> {
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
