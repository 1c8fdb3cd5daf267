import type { IncomingMessage } from "node:http";
import { parseDocument } from "yaml";
import { badRequest } from "../errors/refusals.ts";
import { StatusError } from "../errors/status-error.ts";
import type { Json } from "../json/json.ts";
import type { Body } from "../operations/decode.ts";
import { decodeProtobuf } from "../protobuf/decode-protobuf.ts";
import { duplicateKeys } from "./duplicate-keys.ts";

/** The API server's limit for a request body, in bytes. */
export const maxBodyBytes = 3 * 1024 * 1024;

/** The whole body. Throws 413 when it is larger than the limit. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes: Buffer = chunk;
    size += bytes.length;
    if (size <= maxBodyBytes) chunks.push(bytes);
  }
  if (size > maxBodyBytes) {
    const message = `Request entity too large: limit is ${maxBodyBytes}`;
    throw new StatusError(413, "RequestEntityTooLarge", message);
  }
  return Buffer.concat(chunks);
}

export const protobufType = "application/vnd.kubernetes.protobuf";

/** A protobuf body as JSON. Throws 400 for bytes that are none, or of a kind that has no message. */
export function parseProtobuf(bytes: Buffer): Body {
  let value: Json | undefined;
  try {
    value = decodeProtobuf(bytes);
  } catch (error) {
    throw badRequest(`the protobuf body cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  if (value === undefined) throw badRequest("the protobuf body is not an object of a known kind");
  return { value, duplicates: [] };
}

/** Parses JSON, or YAML where the media type says so. Throws 400 with the reason, told by `explain`. */
export function parseBody(text: string, yaml: boolean, explain: (why: string) => string): Body {
  try {
    if (!yaml || text.startsWith("{")) {
      const value: Json = JSON.parse(text);
      return { value, duplicates: duplicateKeys(text) };
    }
    const document = parseDocument(text, { uniqueKeys: false });
    const [problem] = document.errors;
    if (problem !== undefined) throw problem;
    const value: Json = document.toJS();
    return { value, duplicates: [] };
  } catch (error) {
    throw badRequest(explain(error instanceof Error ? error.message : String(error)));
  }
}
