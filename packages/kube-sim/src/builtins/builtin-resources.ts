import builtins from "../gen/builtins.json" with { type: "json" };
import { asArray, asObject, asString, isObject, type JsonObject, strings } from "../json/json.ts";
import type { Resource } from "../resources/resource.ts";
import { fillSchema } from "../schema/read-schema.ts";
import type { Schema } from "../schema/schema.ts";
import { columnsOf } from "./builtin-columns.ts";

const file: unknown = builtins;
const parsed: JsonObject = isObject(file) ? file : {};
const sources = asObject(parsed["schemas"]);
const schemas = new Map<string, Schema>();

function schemaNamed(name: string): Schema {
  const known = schemas.get(name);
  if (known !== undefined) return known;
  const schema: Schema = {};
  schemas.set(name, schema); // before it is filled: JSONSchemaProps refers to itself
  const source = asObject(sources[name]);
  fillSchema(schema, source, schemaNamed);
  const open = source["properties"] === undefined && source["additionalProperties"] === undefined;
  if (source["type"] === "object" && open) schema["x-kubernetes-preserve-unknown-fields"] = true;
  return schema;
}

/** `metadata` of every object. */
export const objectMetaSchema = schemaNamed("v1.ObjectMeta");

/** Kinds whose strategy counts generations (their `PrepareForCreate` sets 1). */
const withGeneration = new Set(
  (
    "daemonsets deployments replicasets statefulsets cronjobs jobs ingresses ingressclasses networkpolicies pods " +
    "poddisruptionbudgets endpointslices customresourcedefinitions mutatingwebhookconfigurations priorityclasses " +
    "validatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings"
  ).split(" "),
);

/** Fields that selectors may name, from the kinds' `ToSelectableFields`. */
const selectable: Record<string, string[]> = {
  pods: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
  ],
  events: [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
  ],
  secrets: ["type"],
  namespaces: ["status.phase"],
  nodes: ["spec.unschedulable"],
  services: ["spec.clusterIP", "spec.type"],
  replicasets: ["status.replicas"],
  jobs: ["status.successful"],
};

const scalePaths = {
  specReplicas: ["spec", "replicas"],
  statusReplicas: ["status", "replicas"],
  selector: ["spec", "selector"],
};

function readResource(entry: JsonObject): Resource {
  const plural = asString(entry["plural"]);
  const version = asString(entry["version"]);
  const kind = asString(entry["kind"]);
  const subresources = asArray(entry["subresources"])
    .map(asObject)
    .map((item) => ({
      name: asString(item["name"]),
      kind: asString(item["kind"]),
      verbs: strings(item["verbs"]),
      ...(typeof item["group"] === "string" ? { group: item["group"] } : {}),
      ...(typeof item["version"] === "string" ? { version: item["version"] } : {}),
    }));
  return {
    group: asString(entry["group"]),
    kind,
    listKind: `${kind}List`,
    plural,
    singular: asString(entry["singular"]),
    namespaced: entry["namespaced"] === true,
    shortNames: strings(entry["shortNames"]),
    categories: strings(entry["categories"]),
    verbs: strings(entry["verbs"]),
    versions: new Map([
      [
        version,
        {
          name: version,
          schema: schemaNamed(asString(entry["schema"])),
          subresources,
          ...(subresources.some((item) => item.name === "scale") ? { scale: scalePaths } : {}),
          columns: columnsOf(plural),
          selectable: selectable[plural] ?? [],
        },
      ],
    ]),
    storageVersion: version,
    custom: false,
    hasGeneration: withGeneration.has(plural),
  };
}

/** The kinds that every server has, read once and shared by all simulators of the process. */
export const builtinResources: readonly Resource[] = asArray(parsed["kinds"]).map((entry) =>
  readResource(asObject(entry)),
);
