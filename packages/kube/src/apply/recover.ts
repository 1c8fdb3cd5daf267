import type { KubeClient } from "../client/client.ts";
import { KubeError } from "../client/kube-error.ts";
import type { Resource } from "../client/resource.ts";
import { listPages } from "../reflector/list-pages.ts";
import { type LedgerEntry, ledgerEntry } from "./ledger.ts";
import { ownedSelector } from "./ownership.ts";

/** Made by controllers, in numbers, and never part of a bundle. */
const neverOwned: ReadonlySet<string> = new Set([
  "Event",
  "Endpoints",
  "EndpointSlice",
  "Lease",
  "ReplicaSet",
  "ControllerRevision",
  "Node",
  "CSINode",
  "VolumeAttachment",
  "ComponentStatus",
]);

const neededVerbs = ["list", "patch", "delete"];

export function mayBeOwned(resource: Resource): boolean {
  return !neverOwned.has(resource.kind) && neededVerbs.every((verb) => resource.verbs.includes(verb));
}

/**
 * All objects of a kind that carry Heddle's marks. Where listing is forbidden, nothing can have been written: an empty list.
 * @throws KubeError when the list failed, which says nothing about what is there.
 */
export async function listOwned(
  client: KubeClient,
  resource: Resource,
  signal: AbortSignal | undefined,
): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  const selection = { labelSelector: ownedSelector, metadataOnly: true };
  try {
    for await (const page of listPages(client, resource, selection, signal ? { signal } : {}))
      for (const object of page.items) {
        const entry = object.metadata.deletionTimestamp ? undefined : ledgerEntry(object);
        if (entry) entries.push(entry);
      }
  } catch (error) {
    if (error instanceof KubeError && (error.code === "Forbidden" || error.code === "NotFound")) return [];
    throw error;
  }
  return entries;
}
