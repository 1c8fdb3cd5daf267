import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { fieldsOf } from "./protobuf-fields.ts";

/**
 * The part of Envoy's external processing protocol that a test's processor needs, on the wire.
 * (envoyproxy.io/docs/envoy/latest/api-v3/service/ext_proc/v3/external_processor.proto)
 */
export const processMethod = "/envoy.service.ext_proc.v3.ExternalProcessor/Process";

/** What Envoy tells of a request. */
export interface ProcessingRequest {
  readonly message: "requestHeaders" | "responseHeaders" | "requestBody" | "responseBody";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly endOfStream: boolean;
}

/** What Envoy does about it: one header is set, or the body replaced. */
export interface ProcessingResponse {
  readonly message: ProcessingRequest["message"];
  readonly header?: readonly [name: string, value: string];
  readonly body?: Buffer;
}

/** Fields of `ProcessingRequest`, one less each in `ProcessingResponse`. */
const messages: Readonly<Record<number, ProcessingRequest["message"]>> = {
  2: "requestHeaders",
  3: "responseHeaders",
  4: "requestBody",
  5: "responseBody",
};

/** Undefined for messages that a test's processor is never sent, such as trailers. */
export function decodeRequest(bytes: Uint8Array): ProcessingRequest | undefined {
  for (const [field, value] of fieldsOf(bytes)) {
    const message = messages[field];
    if (message === undefined || typeof value === "number") continue;
    const inner = [...fieldsOf(value)];
    const body = message.endsWith("Body");
    const content = inner.find(([number]) => number === 1)?.[1];
    const bytesOf = typeof content === "object" ? content : new Uint8Array();
    return {
      message,
      headers: body ? {} : headersOf(bytesOf),
      body: body ? Buffer.from(bytesOf) : Buffer.alloc(0),
      endOfStream: inner.some(([number, flag]) => number === (body ? 2 : 3) && flag === 1),
    };
  }
  return undefined;
}

export function encodeResponse({ message, header, body }: ProcessingResponse): Buffer {
  const overwrite = 2;
  const common = new BinaryWriter();
  if (header !== undefined) {
    const [name, value] = header;
    const pair = bytes(1, Buffer.from(name)).tag(3, WireType.LengthDelimited).bytes(Buffer.from(value));
    const option = bytes(1, pair.finish()).tag(3, WireType.Varint).int32(overwrite);
    common.tag(2, WireType.LengthDelimited).bytes(bytes(1, option.finish()).finish());
  }
  if (body !== undefined) common.tag(3, WireType.LengthDelimited).bytes(bytes(1, body).finish());
  const field = Number(Object.entries(messages).find(([, name]) => name === message)?.[0]) - 1;
  return Buffer.from(bytes(field, bytes(1, common.finish()).finish()).finish());
}

function headersOf(map: Uint8Array): Record<string, string> {
  return Object.fromEntries(
    [...fieldsOf(map)].map(([, header]) => {
      const parts = new Map(typeof header === "number" ? [] : fieldsOf(header));
      const textOf = (...fields: number[]) =>
        fields
          .map((field) => parts.get(field))
          .flatMap((part) => (typeof part === "object" ? [Buffer.from(part).toString()] : []))
          .join("");
      return [textOf(1), textOf(2, 3)];
    }),
  );
}

function bytes(field: number, value: Uint8Array): BinaryWriter {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(value);
}
