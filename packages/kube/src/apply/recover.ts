import type { KubeClient } from "../client/client.ts";
import type { Discovery } from "../client/discovery.ts";
import { KubeError } from "../client/kube-error.ts";
import type { Resource } from "../client/resource.ts";
import { forEachLimited } from "../for-each-limited.ts";
import { listPages } from "../reflector/list-pages.ts";
import { type Ledger, type LedgerEntry, ledgerEntry } from "./ledger.ts";
import { ownedSelector } from "./ownership.ts";
import { keptByFinalizers } from "./problem.ts";
import { type RetryOptions, withRetries } from "./retry.ts";

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

/** When to ask again what could not be answered, and what may not be listed, in ms: deliveries must not pay for it each time. */
const askAgainMs = 30_000;
const askForbiddenAgainMs = 600_000;

const neededVerbs = ["list", "patch", "delete"];

function mayBeOwned(resource: Resource): boolean {
  return !neverOwned.has(resource.kind) && neededVerbs.every((verb) => resource.verbs.includes(verb));
}

/**
 * Learns what Heddle owns from the marks on the objects. What cannot be asked now (an aggregated API that is down, a kind whose conversion
 * webhook fails) is asked again half a minute later, and until then nothing is known of it, so nothing of it is deleted. Where listing is
 * forbidden nothing can have been written; that is asked again every ten minutes, as rights may come later.
 */
export class Recovery {
  readonly #client: KubeClient;
  readonly #discovery: Discovery;
  readonly #ledger: Ledger;
  readonly #listed = new Set<string>();
  #started = false;
  #dueAt = Number.NEGATIVE_INFINITY;

  constructor(client: KubeClient, discovery: Discovery, ledger: Ledger) {
    this.#client = client;
    this.#discovery = discovery;
    this.#ledger = ledger;
  }

  /** @throws KubeError when the API server cannot even say what it serves. */
  async run(options: RetryOptions, parallel: number): Promise<void> {
    const now = options.clock.now();
    if (now < this.#dueAt) return;
    // What failed before is likely to fail again, and deliveries wait for this.
    const retries = this.#started ? { ...options, attempts: 1 } : options;
    const { resources, unknown } = await withRetries(retries, () => this.#discovery.allResources());
    this.#started = true;
    let complete = unknown.length === 0;
    let allowed = true;
    const open = resources.filter((resource) => mayBeOwned(resource) && !this.#listed.has(nameOf(resource)));
    await forEachLimited(open, parallel, async (resource) => {
      try {
        const entries = await withRetries(retries, () => listOwned(this.#client, resource, options.signal));
        // What was applied meanwhile is known better.
        for (const entry of entries) if (!this.#ledger.get(entry.key)) this.#ledger.set(entry);
        this.#listed.add(nameOf(resource));
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!(error instanceof KubeError)) throw error;
        if (error.code === "Forbidden") allowed = false;
        else complete = false;
      }
    });
    this.#dueAt = now + (complete ? (allowed ? Number.POSITIVE_INFINITY : askForbiddenAgainMs) : askAgainMs);
  }
}

function nameOf({ apiVersion, kind }: Resource): string {
  return `${apiVersion} ${kind}`;
}

/** Owned objects of a kind; none when the kind has gone meanwhile. */
async function listOwned(
  client: KubeClient,
  resource: Resource,
  signal: AbortSignal | undefined,
): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  const selection = { labelSelector: ownedSelector, metadataOnly: true };
  try {
    for await (const page of listPages(client, resource, selection, signal ? { signal } : {}))
      for (const object of page.items) {
        const { metadata } = object;
        const goes = metadata.deletionTimestamp !== undefined && !keptByFinalizers(metadata);
        const entry = goes ? undefined : ledgerEntry(object);
        if (entry) entries.push(entry);
      }
  } catch (error) {
    if (error instanceof KubeError && error.code === "NotFound") return [];
    throw error;
  }
  return entries;
}
