import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { branches, type JsonSchema, specSchema, toJsonSchema } from "../json-schema.ts";
import { kinds } from "../kinds/index.ts";
import { parseManifests } from "../manifest.ts";
import { manifestMetadata } from "../metadata.ts";
import { resourceStatus } from "../status/conditions.ts";
import { exampleFile, generatedFolders, outputs } from "./outputs.ts";

const root = join(import.meta.dirname, "../../../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

describe("generated files", () => {
  const files = outputs(read);
  it("are in step with the schemas (else: npm run generate -w packages/api)", () => {
    for (const [file, text] of files) {
      expect(existsSync(join(root, file)), file).toBe(true);
      expect(read(file) === text, `${file} is out of date`).toBe(true);
    }
  });
  it("leave nothing behind", () => {
    for (const folder of generatedFolders)
      for (const name of readdirSync(join(root, folder)))
        expect(files.has(`${folder}/${name}`), name).toBe(true);
  });
});

describe("examples", () => {
  it.each(kinds.map(({ kind }) => kind))("%s is without findings", (kind) => {
    const file = exampleFile(kind);
    const { manifests, findings } = parseManifests([{ file, text: read(file) }]);
    expect(findings).toEqual([]);
    expect(manifests.map((manifest) => manifest.kind)).toEqual([kind]);
  });
  it("are of kinds that there are", () => {
    const expected = kinds.map(({ kind }) => exampleFile(kind).split("/").at(-1));
    expect(
      readdirSync(join(root, "docs/examples"))
        .filter((name) => name.endsWith(".yaml"))
        .sort(),
    ).toEqual(expected.sort());
  });
});

/** Every field below a schema that has no description. */
function undescribed(schema: JsonSchema, path: string): string[] {
  return branches(schema).flatMap((branch) => [
    ...Object.entries(branch.properties ?? {}).flatMap(([name, field]) => [
      ...(field.description === undefined ? [`${path}.${name}`] : []),
      ...undescribed(field, `${path}.${name}`),
    ]),
    ...(branch.items === undefined ? [] : undescribed(branch.items, `${path}[]`)),
    ...(typeof branch.additionalProperties === "object"
      ? undescribed(branch.additionalProperties, `${path}.KEY`)
      : []),
  ]);
}

it.each(kinds.map((kind) => [kind.kind, specSchema(kind)] as const))(
  "every field of %s is described",
  (kind, schema) => {
    expect(undescribed(schema, kind)).toEqual([]);
  },
);

it("every field of metadata and status is described", () => {
  expect(undescribed(toJsonSchema(manifestMetadata), "metadata")).toEqual([]);
  expect(undescribed(toJsonSchema(resourceStatus), "status")).toEqual([]);
});

/** Kubernetes' rules for structural schemas, as far as they can be broken here. */
function structuralFaults(schema: Readonly<Record<string, unknown>>, path: string): string[] {
  const faults: string[] = [];
  const open =
    schema["x-kubernetes-preserve-unknown-fields"] === true || schema["x-kubernetes-int-or-string"] === true;
  if (typeof schema["type"] !== "string" && !open) faults.push(`${path}: no type`);
  for (const key of ["$ref", "const", "propertyNames", "examples", "$defs", "x-heddle-reference"])
    if (key in schema) faults.push(`${path}: ${key}`);
  if ("properties" in schema && "additionalProperties" in schema)
    faults.push(`${path}: properties and additionalProperties`);
  for (const key of ["anyOf", "oneOf", "allOf"] as const)
    for (const part of (schema[key] ?? []) as object[])
      for (const inner of ["type", "description", "default", "additionalProperties", "properties"])
        if (inner in part) faults.push(`${path}: ${inner} in ${key}`);
  const below: [string, unknown][] = [
    ...Object.entries((schema["properties"] ?? {}) as object),
    ...(["items", "additionalProperties"] as const).map((key): [string, unknown] => [key, schema[key]]),
  ];
  for (const [name, inner] of below)
    if (typeof inner === "object" && inner !== null)
      faults.push(...structuralFaults({ ...inner }, `${path}.${name}`));
  return faults;
}

it.each(kinds.map(({ kind, plural }) => [kind, plural] as const))(
  "the CRD of %s is structural",
  (kind, plural) => {
    const crd = parse(read(`deploy/crds/${plural}.yaml`));
    expect(crd.metadata.name).toBe(`${plural}.heddle.io`);
    expect(crd.spec.names).toMatchObject({ kind, plural, categories: ["heddle"] });
    const [version] = crd.spec.versions;
    expect(version.subresources).toEqual({ status: {} });
    expect(structuralFaults(version.schema.openAPIV3Schema, kind)).toEqual([]);
  },
);
