import { Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import type { ReceivedRequest } from "./pod-protocol.ts";
import {
  decodeRequest,
  encodeResponse,
  type ProcessingRequest,
  type ProcessingResponse,
  processMethod,
} from "./processing.ts";

/** What of a request its processor remembers. */
type Remembered = Omit<ReceivedRequest, "messages"> & { readonly messages: string[] };

/**
 * An external processor of Envoy. It writes its port at the end of the header `x-processed`, of requests and of answers, and puts bodies
 * into capital letters; the request's header `x-processor-delay` has it wait, in ms. Messages about requests with an `x-tag` are noted.
 */
export function serveProcessor(
  port: number,
  version: string,
  received: Map<string, ReceivedRequest[]>,
): void {
  const server = new Server();
  server.addService(
    {
      process: {
        path: processMethod,
        requestStream: true,
        responseStream: true,
        requestDeserialize: decodeRequest,
        requestSerialize: () => Buffer.alloc(0),
        responseSerialize: encodeResponse,
        responseDeserialize: () => undefined,
      },
    },
    {
      process(stream: ServerDuplexStream<ProcessingRequest | undefined, ProcessingResponse>) {
        let noted: Remembered | undefined;
        let delay = 0;
        stream.on("data", (about: ProcessingRequest | undefined) => {
          if (about === undefined) return;
          const { message, headers, body } = about;
          if (message === "requestHeaders") {
            delay = Number(headers["x-processor-delay"] ?? 0);
            noted = note(headers);
          }
          noted?.messages.push(message.endsWith("Body") ? `${message} ${body.length}` : message);
          setTimeout(() => stream.write(answerTo(about)), delay);
        });
        stream.on("end", () => stream.end());
        stream.on("error", () => {});
      },
    },
  );
  server.bindAsync(`0.0.0.0:${port}`, ServerCredentials.createInsecure(), (error) => {
    if (error) throw error;
  });

  function note(headers: Readonly<Record<string, string>>): Remembered | undefined {
    const tag = headers["x-tag"];
    if (tag === undefined) return undefined;
    const { ":method": method = "", ":path": path = "" } = headers;
    const remembered = { version, port, method, path, headers, messages: [] };
    received.set(tag, [...(received.get(tag) ?? []), remembered]);
    return remembered;
  }

  function answerTo({ message, headers, body }: ProcessingRequest): ProcessingResponse {
    if (message.endsWith("Body"))
      return { message, body: Buffer.from(body.toString("latin1").toUpperCase()) };
    const before = headers["x-processed"];
    return { message, header: ["x-processed", before === undefined ? String(port) : `${before} ${port}`] };
  }
}
