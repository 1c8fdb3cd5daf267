import { age, ageColumn, nameColumn } from "../builtins/builtin-columns.ts";
import { objectMetaSchema } from "../builtins/builtin-resources.ts";
import { asArray, asObject, asString, isObject, type Json, type JsonObject, strings } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { readSchema } from "../schema/read-schema.ts";
import type { Schema } from "../schema/schema.ts";
import { cellPath } from "./json-path.ts";
import type { Column, Resource, ResourceVersion, Subresource } from "./resource.ts";

const verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
const path = (text: Json | undefined): string[] =>
  asString(text)
    .split(".")
    .filter((part) => part !== "");

function column(source: JsonObject): Column {
  const read = cellPath(asString(source["jsonPath"]));
  const type = asString(source["type"]);
  return {
    name: asString(source["name"]),
    type,
    ...(typeof source["format"] === "string" ? { format: source["format"] } : {}),
    ...(typeof source["description"] === "string" ? { description: source["description"] } : {}),
    priority: typeof source["priority"] === "number" ? source["priority"] : 0,
    cell: (object) => {
      const value = read(object);
      if (value === undefined) return null;
      return type === "date" ? age(value) : value;
    },
  };
}

function subresources(source: JsonObject, kind: string): Subresource[] {
  const found: Subresource[] = [];
  if (isObject(source["status"])) found.push({ name: "status", kind, verbs: ["get", "patch", "update"] });
  if (isObject(source["scale"])) {
    const scale = { group: "autoscaling", version: "v1", kind: "Scale", verbs: ["get", "patch", "update"] };
    found.push({ name: "scale", ...scale });
  }
  return found;
}

const identity: Record<string, Schema> = {
  apiVersion: { type: "string" },
  kind: { type: "string" },
  metadata: objectMetaSchema,
};

function readVersion(source: JsonObject, kind: string): ResourceVersion {
  const schema = readSchema(asObject(source["schema"])["openAPIV3Schema"], () => ({}));
  schema.properties = { ...schema.properties, ...identity };
  const declared = asObject(source["subresources"]);
  const printed = asArray(source["additionalPrinterColumns"]).filter(isObject).map(column);
  const scale = declared["scale"];
  return {
    name: asString(source["name"]),
    schema,
    subresources: subresources(declared, kind),
    ...(isObject(scale)
      ? {
          scale: {
            specReplicas: path(scale["specReplicasPath"]),
            statusReplicas: path(scale["statusReplicasPath"]),
            selector: path(scale["labelSelectorPath"]),
          },
        }
      : {}),
    columns: printed.length > 0 ? [nameColumn, ...printed] : [nameColumn, ageColumn],
    selectable: asArray(source["selectableFields"]).map((field) =>
      asString(asObject(field)["jsonPath"]).slice(1),
    ),
  };
}

/** The resource that an established CustomResourceDefinition makes. */
export function readCustomResource(definition: KubeObject): Resource {
  const spec = asObject(definition["spec"]);
  const names = asObject(spec["names"]);
  const kind = asString(names["kind"]);
  const versions = asArray(spec["versions"]).filter(isObject);
  return {
    group: asString(spec["group"]),
    kind,
    listKind: asString(names["listKind"]) || `${kind}List`,
    plural: asString(names["plural"]),
    singular: asString(names["singular"]) || kind.toLowerCase(),
    namespaced: spec["scope"] === "Namespaced",
    shortNames: strings(names["shortNames"]),
    categories: strings(names["categories"]),
    verbs,
    versions: new Map(
      versions
        .filter((version) => version["served"] === true)
        .map((version) => [asString(version["name"]), readVersion(version, kind)]),
    ),
    storageVersion: asString(versions.find((version) => version["storage"] === true)?.["name"]),
    custom: true,
    hasGeneration: true,
  };
}

/** Name of the object as its definition must be called: `plural.group`. */
export const definitionName = (definition: KubeObject): string => {
  const spec = asObject(definition["spec"]);
  return `${asString(asObject(spec["names"])["plural"])}.${asString(spec["group"])}`;
};
