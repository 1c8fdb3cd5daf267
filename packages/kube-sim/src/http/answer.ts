import type { ServerResponse } from "node:http";
import { stringify } from "yaml";
import type { StatusError } from "../errors/status-error.ts";
import { asObject, isObject, type Json, type JsonObject } from "../json/json.ts";

/** What a handler answers; `json` is sent as it is where the body has been serialised before. */
export interface Answer {
  readonly code: number;
  readonly body: Json;
  readonly json?: string;
  readonly media?: string;
}

const quoted = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

export function send(response: ServerResponse, answer: Answer, warnings: readonly string[] = []): void {
  const yaml = answer.media === "application/yaml";
  const text = yaml ? stringify(answer.body) : (answer.json ?? JSON.stringify(answer.body));
  if (warnings.length > 0)
    response.setHeader(
      "warning",
      warnings.map((text) => `299 - ${quoted(text)}`),
    );
  response.writeHead(answer.code, {
    "content-type": answer.media ?? "application/json",
    "cache-control": "no-cache, private",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

export function sendText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

export function sendError(response: ServerResponse, error: StatusError): void {
  const retryAfter = error.target.retryAfterSeconds;
  if (retryAfter !== undefined) response.setHeader("retry-after", String(retryAfter));
  send(response, { code: error.code, body: error.toStatus() });
}

/** The Status of a deletion that is done. */
export function success(details: JsonObject): JsonObject {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
}

/** A body that may be missing, as an object. */
export const optionalObject = (value: Json): JsonObject => (isObject(value) ? value : asObject(undefined));
