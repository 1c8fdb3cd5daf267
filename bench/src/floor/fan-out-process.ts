import { Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import { fanOut } from "./fan-out-method.ts";

/** Nothing but gRPC: sends a message to every open stream whenever it is told so by IPC. Ends when the IPC does. */
export interface Begin {
  readonly ca: string;
  readonly chain: string;
  readonly key: string;
}

const streams = new Set<ServerDuplexStream<Buffer, Buffer>>();
/** As large as a delivery of one VirtualService. */
const message = Buffer.alloc(1_500, "x");
const server = new Server();
server.addService(
  { fanOut },
  {
    fanOut: (call: ServerDuplexStream<Buffer, Buffer>) => {
      streams.add(call);
      call.on("data", () => undefined);
      call.on("error", () => undefined);
      call.on("cancelled", () => streams.delete(call));
    },
  },
);

process.on("message", (order: Begin | "send") => {
  if (order === "send") for (const stream of streams) stream.write(message);
  else
    server.bindAsync(
      "127.0.0.1:0",
      ServerCredentials.createSsl(
        Buffer.from(order.ca),
        [{ cert_chain: Buffer.from(order.chain), private_key: Buffer.from(order.key) }],
        true,
      ),
      (error, port) => process.send?.({ port: error === null ? port : undefined }),
    );
});
process.on("disconnect", () => {
  server.forceShutdown();
  process.exit(0);
});
