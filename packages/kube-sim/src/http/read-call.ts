import type { IncomingMessage } from "node:http";
import type { User } from "../auth/user.ts";
import { badRequest, invalid } from "../errors/refusals.ts";
import type { Call, FieldValidation } from "../operations/call.ts";
import { applyPatchType } from "../operations/patch.ts";
import type { Served } from "../resources/registry.ts";
import { isTrue, type ResourceRequest } from "./request-info.ts";

/** A request to a served resource with its options read. Throws 400 or 422 for options that are not valid. */
export function readCall(
  served: Served,
  request: { path: ResourceRequest; user: User; query: URLSearchParams; incoming: IncomingMessage },
): Call {
  const { path, user, query, incoming } = request;
  const isApply = incoming.method === "PATCH" && incoming.headers["content-type"]?.startsWith(applyPatchType);
  const given = query.get("fieldManager");
  if (isApply === true) checkFieldManager(given);
  const agent = incoming.headers["user-agent"] ?? "unknown";
  const dryRun = query.getAll("dryRun");
  if (dryRun.some((value) => value !== "All")) throw badRequest(`Invalid value: "${dryRun}": dryRun`);
  return {
    ...served,
    namespace: path.namespace,
    name: path.name,
    subresource: path.subresource,
    user,
    fieldManager: given || (agent.split("/")[0] ?? ""),
    force: isTrue(query.get("force") ?? "false"),
    dryRun: dryRun.length > 0,
    fieldValidation: readFieldValidation(query.get("fieldValidation")),
    warnings: [],
  };
}

function readFieldValidation(given: string | null): FieldValidation {
  switch (given) {
    case null:
    case "":
    case "Warn":
      return "Warn";
    case "Strict":
    case "Ignore":
      return given;
    default:
      throw badRequest(
        `fieldValidation: Unsupported value: "${given}": supported values: "Ignore", "Warn", "Strict"`,
      );
  }
}

/** `application/apply-patch+yaml` needs a field manager. */
function checkFieldManager(given: string | null): void {
  if (given !== null && given !== "") return;
  throw invalid({ group: "meta.k8s.io", plural: "", kind: "PatchOptions" }, "", [
    {
      reason: "FieldValueRequired",
      field: "fieldManager",
      message: "Required value: is required for apply patch",
    },
  ]);
}
