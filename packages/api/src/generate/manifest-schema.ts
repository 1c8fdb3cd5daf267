import type { Kind } from "../define-kind.ts";
import { type JsonSchema, specSchema, toJsonSchema } from "../json-schema.ts";
import { apiVersion, manifestMetadata } from "../metadata.ts";

const draft = "https://json-schema.org/draft/2020-12/schema";

/** JSON Schema of a kind's manifests, for editors. */
export function manifestSchema(kind: Kind): JsonSchema {
  return { $schema: draft, title: kind.kind, ...manifestBody(kind) };
}

/** JSON Schema of manifests of any kind; `kind` is a constant in each, so that editors pick the right one. */
export function combinedSchema(kinds: readonly Kind[]): JsonSchema {
  return {
    $schema: draft,
    title: "Heddle resource",
    description: "A resource of any of Heddle's kinds.",
    oneOf: kinds.map(({ kind }) => ({ $ref: `#/$defs/${kind}` })),
    $defs: Object.fromEntries(kinds.map((kind) => [kind.kind, manifestBody(kind)])),
  };
}

function manifestBody(kind: Kind): JsonSchema {
  return {
    description: kind.summary,
    type: "object",
    required: ["apiVersion", "kind", "metadata", "spec"],
    additionalProperties: false,
    properties: {
      apiVersion: { description: "Version of the API.", const: apiVersion },
      kind: { description: "The kind of the resource.", const: kind.kind },
      metadata: { description: "Name and labels.", ...toJsonSchema(manifestMetadata) },
      spec: { description: "What the resource says.", ...specSchema(kind) },
      status: { description: "Written by the server; ignored when applied.", type: "object" },
    },
  };
}
