import type { FieldContext } from "../fields/field-manager.ts";
import { emptySet, type FieldSet, single } from "../fields/field-set.ts";
import type { Operation } from "../fields/managed-fields.ts";
import { timestamp } from "../json/kube-object.ts";
import { hasSubresource } from "../resources/resource.ts";
import { apiVersionOf, type Call } from "./call.ts";

/** Who owns what a call changes, and by which schema. */
export const fieldContext = (call: Call, operation: Operation): FieldContext => ({
  schema: call.version.schema,
  owner: {
    manager: call.fieldManager,
    operation,
    apiVersion: apiVersionOf(call),
    subresource: call.subresource,
  },
  ignored: ignoredFields(call),
  now: timestamp(),
});

/** Fields that a request to the object itself cannot set where status is a subresource, and the other way round. */
function ignoredFields(call: Call): FieldSet {
  if (call.subresource === "status") return call.resource.custom ? notStatusOfCustom : notStatus;
  return hasSubresource(call.version, "status") ? single("f:status") : emptySet;
}
const notStatus = single("f:spec");
const notStatusOfCustom: FieldSet = new Map([...single("f:spec"), ...single("f:metadata")]);
