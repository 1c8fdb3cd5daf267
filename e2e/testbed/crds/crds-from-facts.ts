/**
 * Writes structural CRDs from a listing of their fields (`name* type attributes`, indented by nesting), one file each:
 *   node e2e/testbed/crds/crds-from-facts.ts LISTING GROUP_SUFFIX FOLDER
 * Run by hand when a new version of a product is taken up; the files are committed.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

type Schema = Record<string, unknown>;

interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
  readonly children: Field[];
}

const bounds = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"];

/** `['A', 'B']` and `[301, 302]` as they stand in the listing. */
function parseList(text: string): unknown {
  return JSON.parse(text.replaceAll("'", '"'));
}

function attributes(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const pattern =
    /(\w+)=(\[[^=]*\](?= \w+=|$)|.*?)(?= (?:pattern|enum|default|format|\w*Length|\w*Items|minimum|maximum)=| CEL:| oneOf\{|$)/g;
  for (const [, key = "", value = ""] of text.matchAll(pattern)) found.set(key, value);
  return found;
}

function typed(type: string, value: string): unknown {
  if (value.startsWith("[") || value.startsWith("{")) return parseList(value);
  if (type === "integer" || type === "number") return Number(value);
  return type === "boolean" ? value === "true" : value;
}

function parseField(line: string): Field {
  const [, name = "", star, list, type = "", rest = ""] =
    /^\s*([\w-]+)(\*)?(\[\])? (\w+) ?(.*)$/.exec(line) ?? [];
  const facts = attributes(rest);
  const own: Schema = type === "intOrStr" ? { "x-kubernetes-int-or-string": true } : { type };
  const whole: Schema = list ? { type: "array", items: own } : own;
  for (const bound of bounds) {
    const value = facts.get(bound);
    if (value !== undefined) (bound.endsWith("Items") ? whole : own)[bound] = Number(value);
  }
  for (const key of ["pattern", "format"]) {
    const value = facts.get(key);
    if (value) own[key] = value;
  }
  const enumeration = facts.get("enum");
  if (enumeration) own["enum"] = parseList(enumeration);
  const preset = facts.get("default");
  if (preset !== undefined) whole["default"] = typed(type, preset);
  const oneOf = /oneOf\{([^}]*)\}/.exec(rest)?.[1];
  if (oneOf) own["oneOf"] = oneOf.split("|").map((key) => ({ required: [key] }));
  return { name, required: star !== undefined, schema: whole, children: [] };
}

/** Objects whose fields the listing does not tell keep what they are given. */
function nest(target: Schema, fields: readonly Field[]): void {
  const holder = (target["items"] ?? target) as Schema;
  if (holder["type"] !== "object") return;
  if (fields.length === 0) {
    holder["x-kubernetes-preserve-unknown-fields"] = true;
    return;
  }
  for (const field of fields) nest(field.schema, field.children);
  holder["properties"] = Object.fromEntries(fields.map((field) => [field.name, field.schema]));
  const required = fields.filter((field) => field.required).map((field) => field.name);
  if (required.length > 0) holder["required"] = required;
}

function parseVersion(lines: readonly string[]): Schema {
  const roots: Field[] = [];
  const path: Field[] = [];
  for (const line of lines) {
    const depth = (line.length - line.trimStart().length) / 2;
    const field = parseField(line);
    (depth === 0 ? roots : (path[depth - 1]?.children ?? [])).push(field);
    path[depth] = field;
  }
  const schema: Schema = { type: "object" };
  nest(schema, roots);
  const status = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  schema["properties"] = { status, ...(schema["properties"] as Schema) };
  return schema;
}

function parseCrd(block: string): { group: string; name: string; crd: Schema } {
  const [head = "", ...sections] = block.split("\n-- version ");
  const word = (key: string) => new RegExp(`${key}=(\\S+)`).exec(head)?.[1] ?? "";
  const short = /short=(\[.*?\])/.exec(head)?.[1];
  const listed = [...head.matchAll(/\('(\w+)', '(\w*)', '(\w*)'\)/g)];
  const group = word("group");
  const name = `${word("plural")}.${group}`;
  const versions = listed.map(([, version = "", served, storage]) => {
    const lines =
      sections
        .find((section) => section.startsWith(`${version}\n`))
        ?.split("\n")
        .slice(1) ?? [];
    return {
      name: version,
      served: served === "served",
      storage: storage === "storage",
      schema: { openAPIV3Schema: parseVersion(lines.filter((line) => line.trim() !== "")) },
      subresources: { status: {} },
    };
  });
  const kind = word("kind");
  const names = { kind, listKind: `${kind}List`, plural: word("plural"), singular: kind.toLowerCase() };
  const crd = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name },
    spec: {
      group,
      names: short ? { ...names, shortNames: parseList(short) } : names,
      scope: word("scope"),
      versions,
    },
  };
  return { group, name, crd };
}

const [listing = "", suffix = "", folder = ""] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
for (const block of readFileSync(listing, "utf8").split(/^### /m).slice(1)) {
  const { group, name, crd } = parseCrd(block);
  if (!group.endsWith(suffix)) continue;
  writeFileSync(join(folder, `${name}.yaml`), stringify(crd, { lineWidth: 0, aliasDuplicateObjects: false }));
}
