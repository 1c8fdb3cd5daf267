import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { MethodDefinition } from "@grpc/grpc-js";
import {
  type AgentMessage,
  AgentMessageSchema,
  type Chunk,
  Enrolment,
  type EnrolRequest,
  EnrolRequestSchema,
  type EnrolResponse,
  EnrolResponseSchema,
  Relay,
  type RenewRequest,
  RenewRequestSchema,
  type RenewResponse,
  RenewResponseSchema,
  type ServerMessage,
  ServerMessageSchema,
} from "../gen/heddle/relay/v1/relay_pb.ts";

type UnaryMethod<I, O> = MethodDefinition<I, O>;

export const enrolMethod: UnaryMethod<EnrolRequest, EnrolResponse> = {
  path: `/${Enrolment.typeName}/${Enrolment.method.enrol.name}`,
  requestStream: false,
  responseStream: false,
  requestSerialize: (value) => Buffer.from(toBinary(EnrolRequestSchema, value)),
  requestDeserialize: (bytes) => fromBinary(EnrolRequestSchema, bytes),
  responseSerialize: (value) => Buffer.from(toBinary(EnrolResponseSchema, value)),
  responseDeserialize: (bytes) => fromBinary(EnrolResponseSchema, bytes),
};

export const renewMethod: UnaryMethod<RenewRequest, RenewResponse> = {
  path: `/${Relay.typeName}/${Relay.method.renew.name}`,
  requestStream: false,
  responseStream: false,
  requestSerialize: (value) => Buffer.from(toBinary(RenewRequestSchema, value)),
  requestDeserialize: (bytes) => fromBinary(RenewRequestSchema, bytes),
  responseSerialize: (value) => Buffer.from(toBinary(RenewResponseSchema, value)),
  responseDeserialize: (bytes) => fromBinary(RenewResponseSchema, bytes),
};

const asItIs = (bytes: Buffer): Buffer => bytes;

/**
 * The stream carries encoded messages as they are: what goes to many agents is encoded once, and a message that cannot be decoded is a
 * coded error of this package instead of gRPC's.
 */
export const connectMethod: MethodDefinition<Buffer, Buffer> = {
  path: `/${Relay.typeName}/${Relay.method.connect.name}`,
  requestStream: true,
  responseStream: true,
  requestSerialize: asItIs,
  requestDeserialize: asItIs,
  responseSerialize: asItIs,
  responseDeserialize: asItIs,
};

/** How one end reads what comes and wraps the chunks it sends. */
export interface Codec<In extends AgentMessage | ServerMessage> {
  /** Throws when `bytes` is no such message. */
  decode(bytes: Uint8Array): In;
  encodeChunk(chunk: Chunk): Uint8Array;
}

export function encodeAgentMessage(
  body: MessageInitShape<typeof AgentMessageSchema>["body"] & {},
): Uint8Array {
  return toBinary(AgentMessageSchema, create(AgentMessageSchema, { body }));
}

export function encodeServerMessage(
  body: MessageInitShape<typeof ServerMessageSchema>["body"] & {},
): Uint8Array {
  return toBinary(ServerMessageSchema, create(ServerMessageSchema, { body }));
}

const forgetUnknown = { readUnknownFields: false } as const;

export const serverCodec: Codec<AgentMessage> = {
  decode: (bytes) => fromBinary(AgentMessageSchema, bytes, forgetUnknown),
  encodeChunk: (value) => encodeServerMessage({ case: "chunk", value }),
};

export const agentCodec: Codec<ServerMessage> = {
  decode: (bytes) => fromBinary(ServerMessageSchema, bytes, forgetUnknown),
  encodeChunk: (value) => encodeAgentMessage({ case: "chunk", value }),
};
