/**
 * What runs in the pod of a test mesh that collects telemetry: `node collector-program.ts CONTROL_SOCKET PORT… grpc:PORT…`. It takes
 * whatever is sent to it, by HTTP/1.1 or by HTTP/2 without TLS as gRPC does, says yes, and keeps it as it came: texts stand in Zipkin's
 * JSON, Datadog's MessagePack and the protobuf of OpenTelemetry, SkyWalking and Envoy's access log service alike as UTF-8.
 */
import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { Readable } from "node:stream";
import type { Collected } from "./pod-protocol.ts";

const [socket = "", ...ports] = process.argv.slice(2);

/** A stream that never ends is one entry that grows. */
const collected: { port: number; path: string; parts: Buffer[] }[] = [];

for (const text of ports) {
  const port = Number(text.replace("grpc:", ""));
  const server = text.startsWith("grpc:") ? grpcServer(port) : httpServer(port);
  server.listen(port, "0.0.0.0");
}

createServer(async (incoming, answer) => {
  incoming.resume();
  const wanted = decodeURIComponent(incoming.url?.split("/")[2] ?? "");
  const found = collected.flatMap(({ port, path, parts }): Collected[] => {
    const body = Buffer.concat(parts).toString("latin1");
    return body.includes(wanted) ? [{ port, path, body }] : [];
  });
  answer.end(JSON.stringify(incoming.url?.startsWith("/collected/") ? found : []));
}).listen(socket);

process.stdout.write("ready\n");

function httpServer(port: number) {
  return createServer((incoming, answer) => {
    keep(port, incoming.url ?? "", incoming);
    // Datadog's agent answers with rates, Zipkin with nothing.
    incoming.once("end", () => answer.writeHead(202, { "content-type": "application/json" }).end("{}"));
  });
}

function grpcServer(port: number) {
  const server = createHttp2Server();
  server.on("stream", (stream, headers) => {
    keep(port, String(headers[":path"]), stream);
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    // A message without fields: five bytes of frame say that it is neither compressed nor long.
    stream.once("end", () => stream.end(Buffer.alloc(5)));
    stream.once("error", () => stream.destroy());
  });
  return server;
}

function keep(port: number, path: string, from: Readable): void {
  const entry = { port, path, parts: [] as Buffer[] };
  collected.push(entry);
  from.on("data", (part: Buffer) => entry.parts.push(part));
}
