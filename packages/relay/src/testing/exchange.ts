import { type EncodedBundle, encodeBundle } from "../wire/encoded-delivery.ts";
import { eventually } from "./eventually.ts";
import { RelayWorld, type TestAgent } from "./relay-world.ts";

type OpenOptions = Parameters<typeof RelayWorld.open>[0];
type AgentOptions = Parameters<RelayWorld["agent"]>[0];

/** One world after the other, for tests of what the two ends of a stream tell each other. */
export class Exchange {
  #world: RelayWorld | undefined;

  get world(): RelayWorld {
    if (this.#world === undefined) throw new Error("no world is open");
    return this.#world;
  }

  async open(options: OpenOptions = {}): Promise<RelayWorld> {
    this.#world = await RelayWorld.open(options);
    return this.#world;
  }

  async close(): Promise<void> {
    await this.#world?.close();
    this.#world = undefined;
  }

  /** A server, and the connected agent of `cluster-1`. */
  async pair(options: AgentOptions = {}, overrides: OpenOptions = {}) {
    const world = await this.open(overrides);
    const agent: TestAgent = world.agent({ identity: await world.identity("cluster-1"), ...options });
    await eventually(() => agent.client.phase === "connected");
    return { agent, session: await eventually(() => world.server.sessions.get("cluster-1")) };
  }

  /** What came back for a delivery. */
  acked(id = "delivery-1") {
    return eventually(() => this.world.heard.acks.find((ack) => ack.deliveryId === id));
  }
}

export function bundleOf(id: string, objects: unknown, hash = `hash of ${id}`): EncodedBundle {
  return encodeBundle(id, hash, Buffer.from(JSON.stringify(objects)));
}

/** All that a cluster should have, as `delivery-1`. */
export function deliveryOf(bundles: readonly EncodedBundle[], removed: readonly string[] = []) {
  return { id: "delivery-1", revision: 7, complete: true, bundles, removed };
}

export const mib = 1024 * 1024;
