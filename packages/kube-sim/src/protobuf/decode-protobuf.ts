import messages from "../gen/protobuf.json" with { type: "json" };
import { asObject, isObject, type Json, type JsonObject } from "../json/json.ts";
import { splitApiVersion, timestamp } from "../json/kube-object.ts";
import { messageName } from "./message-name.ts";
import { wireFields } from "./wire.ts";

const table: unknown = messages;
/** Fields by message and number: the JSON name (empty for an embedded message) and the type. */
const known: JsonObject = isObject(table) ? table : {};

const magic = Buffer.from("k8s\0");

/**
 * The object in a body of `application/vnd.kubernetes.protobuf`, as JSON; undefined when it is none, or one of a kind
 * whose message is not known. Numbers and booleans that are zero are left out: the wire does not tell an unset field
 * from a zero.
 */
export function decodeProtobuf(bytes: Buffer): JsonObject | undefined {
  if (!bytes.subarray(0, 4).equals(magic)) return undefined;
  let apiVersion = "";
  let kind = "";
  let raw: Buffer = Buffer.alloc(0);
  for (const { number, value } of wireFields(bytes.subarray(4))) {
    if (typeof value === "number") continue;
    if (number === 2) raw = value;
    if (number !== 1) continue;
    for (const field of wireFields(value)) {
      if (field.number === 1) apiVersion = String(field.value);
      else if (field.number === 2) kind = String(field.value);
    }
  }
  const { group, version } = splitApiVersion(apiVersion);
  const name = messageName(group, version, kind);
  return known[name] === undefined ? undefined : { apiVersion, kind, ...readMessage(name, raw) };
}

function readMessage(name: string, bytes: Buffer): JsonObject {
  const fields = asObject(known[name]);
  const out: JsonObject = {};
  for (const { number, value } of wireFields(bytes)) {
    const [field = "", type = ""] = String(fields[number] ?? "").split(/ (.*)/s);
    if (type === "") continue;
    if (type.startsWith("map<")) {
      const [key, item] = readPair(type, value);
      out[field] = { ...asObject(out[field]), [key]: item };
      continue;
    }
    const item = readValue(type.replace("[]", ""), value);
    if (type.startsWith("[]")) {
      const list = out[field];
      out[field] = [...(Array.isArray(list) ? list : []), item ?? ""];
    } else if (field === "") Object.assign(out, item);
    else if (item !== undefined && item !== "" && item !== 0 && item !== false) out[field] = item;
  }
  return out;
}

function readPair(type: string, bytes: number | Buffer): [string, Json] {
  const valueType = type.slice(type.indexOf(",") + 1, -1).trim();
  let key = "";
  let value: Json = valueType === "string" || valueType === "bytes" ? "" : {};
  for (const field of typeof bytes === "number" ? [] : wireFields(bytes)) {
    if (field.number === 1) key = String(field.value);
    else value = readValue(valueType, field.value) ?? value;
  }
  return [key, value];
}

const special: Record<string, (bytes: Buffer) => Json | undefined> = {
  Time: (bytes) => readTime(bytes, (date) => timestamp(date)),
  MicroTime: (bytes) => readTime(bytes, (date) => date.toISOString().replace("Z", "000Z")),
  Quantity: (bytes) => String([...wireFields(bytes)][0]?.value ?? "0"),
  IntOrString: (bytes) => {
    const fields = new Map([...wireFields(bytes)].map(({ number, value }) => [number, value]));
    return fields.get(1) === 1 ? String(fields.get(3) ?? "") : Number(fields.get(2) ?? 0);
  },
  RawExtension: readJson,
  FieldsV1: readJson,
  ExtraValue: (bytes) => [...wireFields(bytes)].map(({ value }) => String(value)),
};

function readJson(bytes: Buffer): Json | undefined {
  const [raw] = wireFields(bytes);
  const value: Json | undefined = raw === undefined ? undefined : JSON.parse(String(raw.value));
  return value;
}

function readTime(bytes: Buffer, print: (date: Date) => string): string | undefined {
  const fields = new Map([...wireFields(bytes)].map(({ number, value }) => [number, Number(value)]));
  const seconds = fields.get(1);
  return seconds === undefined ? undefined : print(new Date(seconds * 1000 + (fields.get(2) ?? 0) / 1e6));
}

function readValue(type: string, value: number | Buffer): Json | undefined {
  if (typeof value === "number") return type === "bool" ? value !== 0 : value;
  if (type === "string") return value.toString();
  if (type === "bytes") return value.toString("base64");
  const read = special[type.slice(type.lastIndexOf(".") + 1)];
  return read === undefined ? readMessage(type, value) : read(value);
}
