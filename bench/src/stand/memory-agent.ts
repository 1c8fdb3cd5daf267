import { performance } from "node:perf_hooks";
import type { Fact } from "@heddle/api";
import {
  type AgentIdentity,
  createRelayClient,
  type ReceivedDelivery,
  type RelayClient,
} from "@heddle/relay";
import { createKeyAndCsr } from "@heddle/trust";

/** The agent's end of a real stream; its cluster is in memory: what it is sent counts as applied at once. */
export class MemoryAgent {
  readonly client: RelayClient;
  readonly #bundles = new Map<string, string>();
  #connected = Promise.withResolvers<void>();
  #sequence = 0;

  constructor(name: string, token: string, onApplied: (delivery: ReceivedDelivery) => void) {
    let identity: AgentIdentity | undefined;
    this.client = createRelayClient({
      token,
      identities: {
        load: async () => identity,
        save: async (next) => {
          identity = next;
        },
      },
      createKeyAndCsr,
      state: () => ({
        agentVersion: "bench",
        clusterUid: `uid-${name}`,
        kubeVersion: "v1.36.3",
        bundles: Array.from(this.#bundles, ([id, hash]) => ({ id, hash })),
        ...(this.#sequence > 0 && { inventory: { sequence: this.#sequence, digest: "" } }),
      }),
      handlers: {
        onWelcome: async () => undefined,
        onInventoryRequest: async () => undefined,
        onDelivery: async (delivery) => {
          const { revision, bundles, removed } = delivery;
          for (const { id, hash } of bundles) this.#bundles.set(id, hash);
          for (const id of removed) this.#bundles.delete(id);
          onApplied(delivery);
          return bundles.map(({ id, hash, objects }) => ({
            bundle: id,
            hash,
            revision,
            objects: objects.length,
            problems: [],
          }));
        },
      },
      onPhase: (phase) => {
        if (phase === "connected") this.#connected.resolve();
        else if (phase === "waiting") this.#connected = Promise.withResolvers<void>();
      },
    });
  }

  /** Resolves when it is connected for the first time. */
  async connect(): Promise<void> {
    this.client.start();
    await this.#connected.promise;
  }

  /** Reports facts; resolves with the ms until the server had stored them. */
  async report(upserts: readonly Fact[], full: boolean): Promise<number> {
    const started = performance.now();
    this.#sequence += 1;
    await this.client.sendInventory({ sequence: this.#sequence, full, upserts, deletes: [] });
    return performance.now() - started;
  }
}
