import { badRequest, invalid } from "../errors/refusals.ts";
import { StatusError } from "../errors/status-error.ts";
import { clone, isObject, type Json } from "../json/json.ts";
import { type KubeObject, nameOf } from "../json/kube-object.ts";
import { jsonPatch, PatchFailed } from "../patch/json-patch.ts";
import { mergePatch } from "../patch/merge-patch.ts";
import { strategicMerge } from "../patch/strategic-merge.ts";
import type { Entry } from "../store/store.ts";
import { apply } from "./apply.ts";
import { apiVersionOf, type Call } from "./call.ts";
import type { Cluster } from "./cluster.ts";
import { type Body, decode, readObject } from "./decode.ts";
import { existing, replace } from "./update.ts";

export const applyPatchType = "application/apply-patch+yaml";

/** The kinds of patch by media type. Custom resources take no strategic merge patch. */
export const patchTypes = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  applyPatchType,
] as const;
export type PatchType = (typeof patchTypes)[number];

/** `PATCH` of an object or its status. Only server-side apply makes an object that does not exist. */
export function patch(
  cluster: Cluster,
  call: Call,
  type: PatchType,
  body: Body,
): { entry: Entry; created: boolean } {
  if (type === applyPatchType) return apply(cluster, call, body);
  const live = existing(cluster, call);
  const before = live.as(apiVersionOf(call));
  const result = patched(type, before, body.value, call);
  const object = readObject(call, clone(result));
  if (call.fieldValidation === "Strict") checkPatched(call, object, body.duplicates);
  if (nameOf(object) !== call.name) {
    throw badRequest(
      `the name of the object (${nameOf(object)}) does not match the name on the URL (${call.name})`,
    );
  }
  return { entry: replace(cluster, call, live, decode(call, object, body.duplicates)), created: false };
}

/** A patch whose outcome has unknown fields, where that is refused: invalid as a whole, unlike a body that has them. */
function checkPatched(call: Call, object: KubeObject, duplicates: readonly string[]): void {
  try {
    decode(call, clone(object), duplicates);
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 400) throw error;
    const why = error.message.slice(error.message.indexOf(": ") + 2);
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(object))}: ${why}`;
    throw invalid({ group: "", plural: "", kind: "" }, "", [
      { reason: "FieldValueInvalid", field: "patch", message },
    ]);
  }
}

function patched(type: PatchType, before: KubeObject, value: Json, call: Call): Json {
  if (type === "application/json-patch+json") {
    if (!Array.isArray(value)) throw badRequest("error decoding patch: a JSON patch is a list of operations");
    try {
      return jsonPatch(before, value);
    } catch (error) {
      if (!(error instanceof PatchFailed)) throw error;
      const message = "the server rejected our request due to an error in our request";
      throw new StatusError(422, "Invalid", message);
    }
  }
  if (!isObject(value)) throw badRequest("error decoding patch: a patch is an object");
  return type === "application/merge-patch+json"
    ? mergePatch(before, value)
    : strategicMerge(before, value, call.version.schema);
}
