import { createHash } from "node:crypto";
import type { Json, JsonObject } from "../json/json.ts";
import type { Registry } from "../resources/registry.ts";
import type { Resource } from "../resources/resource.ts";
import type { Schema } from "../schema/schema.ts";

/**
 * `/openapi/v3`: for each group and version a document with the parameters and schemas that `kubectl` looks for.
 * Documents are made when they are asked for and kept until the registry changes.
 */
export class OpenApi {
  readonly #registry: Registry;
  #documents = new Map<string, string>();
  #generation = -1;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** The JSON at a path, or undefined where there is none. */
  document(path: string): string | undefined {
    if (this.#generation !== this.#registry.generation) {
      this.#documents = new Map();
      this.#generation = this.#registry.generation;
    }
    const name = path.slice("/openapi/v3".length).replace(/^\//, "");
    const known = this.#documents.get(name);
    if (known !== undefined) return known;
    const made = name === "" ? this.#index() : this.#groupVersion(name);
    if (made === undefined) return undefined;
    const json = JSON.stringify(made);
    this.#documents.set(name, json);
    return json;
  }

  #index(): JsonObject {
    const names = new Set<string>();
    for (const resource of this.#registry.all()) {
      for (const version of resource.versions.keys()) names.add(groupPath(resource.group, version));
    }
    const hash = createHash("sha256").update(String(this.#generation)).digest("hex").toUpperCase();
    const paths = [...names].map((name) => [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${hash}` }]);
    return { paths: Object.fromEntries(paths) };
  }

  #groupVersion(name: string): JsonObject | undefined {
    const paths: JsonObject = {};
    const schemas: JsonObject = {};
    for (const resource of this.#registry.all()) {
      for (const version of resource.versions.values()) {
        if (groupPath(resource.group, version.name) !== name) continue;
        const gvk = { group: resource.group, version: version.name, kind: resource.kind };
        const component = `${resource.group || "core"}.${version.name}.${resource.kind}`;
        schemas[component] = {
          ...printSchema(version.schema, new Set()),
          "x-kubernetes-group-version-kind": [gvk],
        };
        paths[objectPath(name, resource)] = pathItem(gvk, component);
      }
    }
    if (Object.keys(paths).length === 0) return undefined;
    return {
      openapi: "3.0.0",
      info: { title: "kube-sim", version: "v1.36.3" },
      paths,
      components: { schemas },
    };
  }
}

const groupPath = (group: string, version: string): string =>
  group === "" ? `api/${version}` : `apis/${group}/${version}`;

const objectPath = (prefix: string, { namespaced, plural }: Resource): string =>
  `/${prefix}/${namespaced ? "namespaces/{namespace}/" : ""}${plural}/{name}`;

const parameters: Json = ["dryRun", "fieldManager", "fieldValidation", "force"].map((name) => ({
  name,
  in: "query",
  schema: { type: name === "force" ? "boolean" : "string" },
}));

function pathItem(gvk: JsonObject, component: string): JsonObject {
  const content = { "application/json": { schema: { $ref: `#/components/schemas/${component}` } } };
  const operation = (action: string): JsonObject => ({
    parameters,
    responses: { "200": { description: "OK", content } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": gvk,
  });
  return { get: operation("get"), put: operation("put"), patch: operation("patch") };
}

/** A schema as a document without references; where it contains itself it is left open. */
function printSchema(schema: Schema, above: ReadonlySet<Schema>): JsonObject {
  if (above.has(schema)) return { type: "object" };
  const inside = new Set(above).add(schema);
  const out: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties") {
      out[key] = Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, field]) => [name, printSchema(field, inside)]),
      );
    } else if (key === "items" && schema.items !== undefined) out[key] = printSchema(schema.items, inside);
    else if (key === "additionalProperties" && typeof schema.additionalProperties === "object") {
      out[key] = printSchema(schema.additionalProperties, inside);
    } else if (!combinators.has(key)) out[key] = value;
  }
  return out;
}

const combinators = new Set(["oneOf", "anyOf", "allOf", "not"]);
