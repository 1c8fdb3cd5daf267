import { readFile } from "node:fs/promises";
import { isEnumType, isInputObjectType, isIntrospectionType, isObjectType, printSchema } from "graphql";
import { expect, it } from "vitest";
import { schema } from "./schema.ts";

it("is printed in schema.graphql (npm run generate -w apps/server)", async () => {
  const printed = await readFile(new URL("../../schema.graphql", import.meta.url), "utf8");
  expect(printed).toBe(`${printSchema(schema)}\n`);
});

it("describes every type, field and argument", () => {
  const silent: string[] = [];
  const note = (name: string, { description }: { readonly description?: string | null | undefined }) => {
    if (!description) silent.push(name);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    note(type.name, type);
    if (isEnumType(type) || !(isObjectType(type) || isInputObjectType(type))) continue;
    for (const field of Object.values(type.getFields())) {
      note(`${type.name}.${field.name}`, field);
      if ("args" in field) for (const arg of field.args) note(`${type.name}.${field.name}(${arg.name})`, arg);
    }
  }
  expect(silent).toEqual([]);
});
