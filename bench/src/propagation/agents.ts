import type { Fact } from "@heddle/api";
import { type AgentIdentity, createRelayClient, type RelayClient } from "@heddle/relay";
import { createKeyAndCsr } from "@heddle/trust";

/** A small cluster: one mesh, one service in two versions. */
const facts: readonly Fact[] = [
  {
    kind: "Mesh",
    name: "istio-system",
    dialect: "istio",
    version: "1.30.3",
    revision: "default",
    namespace: "istio-system",
    trustDomain: "cluster.local",
    clusterDomain: "cluster.local",
    apis: ["networking.istio.io/v1", "security.istio.io/v1"],
    settings: { rootNamespace: "istio-system" },
  },
  { kind: "Namespace", name: "shop", labels: {} },
  {
    kind: "Destination",
    namespace: "shop",
    name: "reviews",
    labels: {},
    selector: { app: "reviews" },
    ports: [{ name: "http", port: 9080, protocol: "TCP" }],
    headless: false,
  },
];

/** An agent whose cluster is in memory: what it is sent counts as applied at once. */
export class MemoryAgent {
  readonly client: RelayClient;
  readonly #bundles = new Map<string, string>();
  #connected = Promise.withResolvers<void>();

  constructor(name: string, token: string, onApplied: (revision: number) => void) {
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
        ...(this.#reported && { inventory: { sequence: 1, digest: "" } }),
      }),
      handlers: {
        onWelcome: async () => undefined,
        onInventoryRequest: async () => undefined,
        onDelivery: async ({ revision, bundles, removed }) => {
          for (const { id, hash } of bundles) this.#bundles.set(id, hash);
          for (const id of removed) this.#bundles.delete(id);
          onApplied(revision);
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

  #reported = false;

  /** Connects and reports its inventory, the first time in full. */
  async start(): Promise<void> {
    this.client.start();
    await this.#connected.promise;
    if (this.#reported) return;
    await this.client.sendInventory({ sequence: 1, full: true, upserts: facts, deletes: [] });
    this.#reported = true;
  }
}
