import { expect, it } from "vitest";
import { z } from "zod";
import { toJsonSchema } from "../json-schema.ts";
import { structuralSchema } from "./structural-schema.ts";

it.each([
  [
    "a constant among patterns",
    z.union([z.string().regex(/^a/), z.literal("*")]),
    { type: "string", anyOf: [{ pattern: "^a" }, { enum: ["*"] }] },
  ],
  ["choices", z.union([z.literal(301), z.literal(302)]), { type: "integer", enum: [301, 302] }],
  ["a number or text", z.union([z.enum(["a"]), z.int()]), { "x-kubernetes-int-or-string": true }],
  [
    "false or an object",
    z.union([z.literal(false), z.strictObject({})]),
    { "x-kubernetes-preserve-unknown-fields": true },
  ],
  [
    "any object",
    z.record(z.string(), z.unknown()),
    { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  ],
  ["a map", z.record(z.string(), z.boolean()), { type: "object", additionalProperties: { type: "boolean" } }],
  [
    "forms of an object",
    z.union([
      z.strictObject({ exact: z.string(), fold: z.boolean().optional() }),
      z.strictObject({ prefix: z.string(), fold: z.boolean().optional() }),
    ]),
    {
      type: "object",
      properties: { exact: { type: "string" }, fold: { type: "boolean" }, prefix: { type: "string" } },
      oneOf: [{ required: ["exact"] }, { required: ["prefix"] }],
    },
  ],
  [
    "forms told apart by a field",
    z.union([
      z.strictObject({ type: z.literal("a"), x: z.string() }),
      z.strictObject({ type: z.literal("b") }),
    ]),
    {
      type: "object",
      properties: { type: { type: "string", enum: ["a", "b"] }, x: { type: "string" } },
      required: ["type"],
    },
  ],
])("says %s", (_title, schema, expected) => {
  expect(structuralSchema(toJsonSchema(schema))).toEqual(expected);
});
