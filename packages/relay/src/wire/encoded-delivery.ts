import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  BundleSchema,
  type Delivery as DeliveryMessage,
  DeliverySchema,
  ServerMessageSchema,
} from "../gen/heddle/relay/v1/relay_pb.ts";

/** A bundle as it goes over the wire; made once, sent to any number of agents. */
export interface EncodedBundle {
  readonly id: string;
  readonly hash: string;
  /** A whole `bundles` field of a Delivery: tag, length, Bundle. */
  readonly field: Uint8Array;
}

/** `objects` is a JSON array in UTF-8. */
export function encodeBundle(id: string, hash: string, objects: Uint8Array): EncodedBundle {
  const bundle = toBinary(BundleSchema, create(BundleSchema, { id, hash, objects }));
  const field = new BinaryWriter()
    .tag(DeliverySchema.field.bundles.number, WireType.LengthDelimited)
    .bytes(bundle);
  return { id, hash, field: field.finish() };
}

/**
 * A server message with a Delivery, in parts: `head` says everything but the bundles, whose encoded fields follow as they are. Protobuf
 * lets a message's fields come in any order, and repeated ones apart.
 */
export function encodeDelivery(
  head: DeliveryMessage,
  bundles: readonly EncodedBundle[],
): readonly Uint8Array[] {
  const headBytes = toBinary(DeliverySchema, head);
  const length = bundles.reduce((sum, bundle) => sum + bundle.field.length, headBytes.length);
  const prefix = new BinaryWriter()
    .tag(ServerMessageSchema.field.delivery.number, WireType.LengthDelimited)
    .uint32(length);
  return [prefix.finish(), headBytes, ...bundles.map((bundle) => bundle.field)];
}
