import { kinds } from "@heddle/api";
import { nearest } from "@heddle/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { dialects } from "./index.ts";

/** Every field of a kind as capability tables write it: without list indexes, without `rules` and `defaults`. */
function fieldsOf(schema: z.core.JSONSchema.BaseSchema, field: string): string[] {
  const inner = [schema.items, ...(schema.anyOf ?? [])].filter(
    (part) => typeof part === "object" && !Array.isArray(part),
  );
  const below = inner.flatMap((part) => fieldsOf(part as z.core.JSONSchema.BaseSchema, field));
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, part]) =>
    fieldsOf(
      part as z.core.JSONSchema.BaseSchema,
      field === "" && (name === "rules" || name === "defaults")
        ? ""
        : field === ""
          ? name
          : `${field}.${name}`,
    ),
  );
  return below.length + members.length > 0 ? [...below, ...members] : [field];
}

const own = new Set(["targets", "onUnsupported", "name"]);

describe.each(dialects.map((dialect) => [dialect.name, dialect] as const))("%s", (_, dialect) => {
  it("has a capability for every field of every kind it translates", () => {
    const missing = kinds
      .filter(({ kind }) => dialect.capabilities[kind] !== undefined)
      .flatMap(({ kind, spec }) =>
        fieldsOf(
          z.toJSONSchema(spec, { io: "input", unrepresentable: "any" }) as z.core.JSONSchema.BaseSchema,
          "",
        )
          .filter(
            (field) =>
              !own.has(field.split(".")[0] ?? "") &&
              nearest(dialect.capabilities[kind] ?? {}, field) === undefined,
          )
          .map((field) => `${kind} ${field}`),
      );
    expect([...new Set(missing)]).toEqual([]);
  });

  it("says how for every capability", () => {
    for (const table of Object.values(dialect.capabilities))
      for (const { how } of Object.values(table)) expect(how.length).toBeGreaterThan(8);
  });
});
