/**
 * Writes `src/gen/protobuf.json`: the fields of the messages that clients send for built-in kinds, from the `.proto`
 * files of k8s.io/api and k8s.io/apimachinery.
 *
 *     node dist/protobuf/generate.js k8s.io/api@v0.36.3 k8s.io/apimachinery@v0.36.3 > src/gen/protobuf.json
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { builtinResources } from "../builtins/builtin-resources.ts";
import { reviews } from "../http/reviews.ts";
import { asObject, isObject, type JsonObject } from "../json/json.ts";
import { messageName } from "./message-name.ts";

const known: unknown = JSON.parse(readFileSync(new URL("../gen/builtins.json", import.meta.url), "utf8"));
const schemas = asObject(isObject(known) ? known["schemas"] : {});

interface Field {
  readonly number: string;
  readonly name: string;
  readonly type: string;
}
const messages = new Map<string, Field[]>();
const scalars = new Set(["string", "bytes", "bool", "int32", "int64", "uint32", "uint64", "double"]);

for (const directory of process.argv.slice(2)) {
  for (const path of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    if (path.endsWith("generated.proto")) readProto(readFileSync(join(directory, path), "utf8"));
  }
}

function readProto(text: string): void {
  const clean = text.replaceAll(/\/\/.*$/gm, "");
  const [, scope = ""] = /^package ([\w.]+);/m.exec(clean) ?? [];
  for (const [, name = "", body = ""] of clean.matchAll(/^message (\w+) \{([^}]*)\}/gm)) {
    const fields = [...body.matchAll(/(repeated )?(map<[^>]+>|[\w.]+) (\w+) = (\d+)/g)].map(
      ([, repeated, type = "", field = "", number = ""]) => ({
        number,
        name: field,
        type: `${repeated === undefined ? "" : "[]"}${type.replace(/[\w.]+(?=>?$)/, (last) => qualify(last, scope))}`,
      }),
    );
    messages.set(`${scope}.${name}`, fields);
  }
}

function qualify(type: string, scope: string): string {
  if (scalars.has(type)) return type;
  if (type.startsWith(".")) return type.slice(1);
  return type.includes(".") ? type : `${scope}.${type}`;
}

/** A message that Go embeds is not a field in JSON: its fields stand in those of the parent. */
function isInline(parent: string, field: Field): boolean {
  const properties = asObject(schemas[parent.split(".").slice(-2).join(".")])["properties"];
  return isObject(properties) && messages.has(field.type) && !Object.hasOwn(properties, field.name);
}

const out: JsonObject = {};
function add(name: string): void {
  const fields = messages.get(name);
  if (out[name] !== undefined || fields === undefined) return;
  out[name] = {};
  out[name] = Object.fromEntries(
    fields.map((field) => [field.number, `${isInline(name, field) ? "" : field.name} ${field.type}`]),
  );
  for (const { type } of fields) add(/[\w.]+(?=>?$)/.exec(type)?.[0] ?? "");
}

for (const { group, kind, storageVersion } of [...builtinResources, ...reviews]) {
  add(messageName(group, storageVersion, kind));
}
for (const [group, version, kind] of [
  ["authentication.k8s.io", "v1", "TokenRequest"],
  ["policy", "v1", "Eviction"],
  ["autoscaling", "v1", "Scale"],
] as const) {
  add(messageName(group, version, kind));
}
add("k8s.io.apimachinery.pkg.apis.meta.v1.DeleteOptions");
process.stdout.write(`${JSON.stringify(out, null, 1)}\n`);
