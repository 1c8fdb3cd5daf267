import type { MethodDefinition } from "@grpc/grpc-js";

const asItIs = (bytes: Buffer): Buffer => bytes;

/** A stream in both directions of bytes as they are. */
export const fanOut: MethodDefinition<Buffer, Buffer> = {
  path: "/bench.Floor/FanOut",
  requestStream: true,
  responseStream: true,
  requestSerialize: asItIs,
  requestDeserialize: asItIs,
  responseSerialize: asItIs,
  responseDeserialize: asItIs,
};
