import { asString, clone, equal, isObject, type Json } from "../json/json.ts";

/** A JSON patch that cannot be applied: a path that is not there, or a `test` that fails. */
export class PatchFailed extends Error {
  override readonly name = "PatchFailed";
}

const tokens = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));

function read(document: Json, path: readonly string[]): Json | undefined {
  let here: Json | undefined = document;
  for (const part of path) {
    if (Array.isArray(here)) here = here[Number(part)];
    else here = isObject(here) && Object.hasOwn(here, part) ? here[part] : undefined;
  }
  return here;
}

/** The index a token names in a list; `-` is the place after the last one. */
function position(list: Json[], token: string, pointer: string, beyond: 0 | 1): number {
  const index = token === "-" ? list.length : /^\d+$/.test(token) ? Number(token) : -1;
  if (index < 0 || index >= list.length + beyond) {
    throw new PatchFailed(`Unable to access invalid index: ${token}: invalid index referenced: ${pointer}`);
  }
  return index;
}

function edit(document: Json, pointer: string, op: "add" | "replace" | "remove", value: Json): Json {
  const path = tokens(pointer);
  const last = path.pop();
  if (last === undefined) return value;
  const parent = read(document, path);
  if (Array.isArray(parent)) {
    const index = position(parent, last, pointer, op === "add" ? 1 : 0);
    if (op === "remove") parent.splice(index, 1);
    else parent.splice(index, op === "add" ? 0 : 1, value);
  } else if (isObject(parent)) {
    if (op !== "add" && !Object.hasOwn(parent, last)) {
      throw new PatchFailed(`${op} operation does not apply: doc is missing key: ${pointer}: missing value`);
    }
    if (op === "remove") delete parent[last];
    else parent[last] = value;
  } else {
    throw new PatchFailed(`${op} operation does not apply: doc is missing path: "${pointer}": missing value`);
  }
  return document;
}

/** RFC 6902 on a copy of the document. Throws {@link PatchFailed}. */
export function jsonPatch(target: Json, operations: readonly Json[]): Json {
  let document = clone(target);
  for (const operation of operations) {
    if (!isObject(operation)) throw new PatchFailed("a patch operation must be an object");
    const op = asString(operation["op"]);
    const path = asString(operation["path"]);
    const source = read(document, tokens(asString(operation["from"])));
    const value = clone(operation["value"] ?? null);
    switch (op) {
      case "add":
      case "replace":
      case "remove":
        document = edit(document, path, op, value);
        break;
      case "copy":
      case "move": {
        if (source === undefined) throw new PatchFailed(`${op} operation does not apply: missing source`);
        const moved = clone(source);
        if (op === "move") document = edit(document, asString(operation["from"]), "remove", null);
        document = edit(document, path, "add", moved);
        break;
      }
      case "test":
        if (!equal(read(document, tokens(path)) ?? null, value)) {
          throw new PatchFailed(`testing value ${path} failed: test failed`);
        }
        break;
      default:
        throw new PatchFailed(`Unexpected kind: ${op === "" ? "unknown" : op}`);
    }
  }
  return document;
}
