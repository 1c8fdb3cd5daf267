import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { BinaryReader } from "@bufbuild/protobuf/wire";

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root of a trace. */
  readonly parentId: string;
  readonly name: string;
  /** Nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
}

/** Takes spans as OpenTelemetry's collector does: OTLP over HTTP, in protobuf. */
export async function startTraceCollector() {
  const spans: CollectedSpan[] = [];
  const paths = new Set<string>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    paths.add(`${request.method} ${request.url} ${request.headers["content-type"]}`);
    spans.push(...spansOf(Buffer.concat(chunks)));
    response.setHeader("content-type", "application/x-protobuf").end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    paths,
    close: () => server.close(),
  };
}

/** ExportTraceServiceRequest → ResourceSpans (1) → ScopeSpans (2) → Span (2). @see opentelemetry-proto, trace/v1/trace.proto */
function spansOf(request: Uint8Array): CollectedSpan[] {
  return bytes(request, 1)
    .flatMap((resource) => bytes(resource, 2))
    .flatMap((scope) => bytes(scope, 2))
    .map((span) => {
      const hex = (field: number) => Buffer.from(bytes(span, field)[0] ?? []).toString("hex");
      return {
        traceId: hex(1),
        spanId: hex(2),
        parentId: hex(4),
        name: Buffer.from(bytes(span, 5)[0] ?? []).toString("utf8"),
        start: fixed64(span, 7),
        end: fixed64(span, 8),
      };
    });
}

function bytes(message: Uint8Array, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === wanted) found.push(reader.bytes());
    else reader.skip(type);
  }
  return found;
}

function fixed64(message: Uint8Array, wanted: number): bigint {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === wanted) return BigInt(reader.fixed64());
    reader.skip(type);
  }
  return 0n;
}
