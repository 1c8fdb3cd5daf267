import type { Delivery, Welcome } from "../gen/heddle/relay/v1/relay_pb.ts";
import { malformed, type Rejection, readRejection, tooLarge } from "../rejection.ts";
import type { ReceivedBundle, ReceivedDelivery, ReceivedWelcome } from "./ports.ts";

/** An unknown drift mode is the one that changes nothing. */
export function readWelcome({ protocolVersion, driftMode }: Welcome): ReceivedWelcome {
  return { protocolVersion, driftMode: driftMode === "repair" ? "repair" : "report" };
}

/** Each bundle that is none is rejected alone; `unreadable` has those that only this end knows of. */
export function readDelivery(
  delivery: Delivery,
  itemBytes: number,
): { readonly delivery: ReceivedDelivery; readonly unreadable: readonly Rejection[] } {
  const bundles: ReceivedBundle[] = [];
  const unreadable: Rejection[] = [];
  for (const { id, hash, objects } of delivery.bundles) {
    const read =
      objects.length > itemBytes ? tooLarge(id, objects.length, itemBytes) : readObjects(id, objects);
    if (Array.isArray(read)) bundles.push({ id, hash, objects: read });
    else unreadable.push(read);
  }
  const { id, complete, removed } = delivery;
  const rejected = [...delivery.rejected.map(readRejection), ...unreadable];
  return {
    delivery: { id, revision: Number(delivery.revision), complete, bundles, removed, rejected },
    unreadable,
  };
}

function readObjects(id: string, bytes: Uint8Array): unknown[] | Rejection {
  try {
    const objects: unknown = JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"),
    );
    return Array.isArray(objects) ? objects : malformed(id, "It is not a JSON array.");
  } catch {
    return malformed(id, "It is not JSON.");
  }
}
