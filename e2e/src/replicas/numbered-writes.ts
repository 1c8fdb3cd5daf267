import { setTimeout as pause } from "node:timers/promises";
import { shopFacts, startTestAgent, type TestAgent, type TestAgentOptions } from "@heddle/server/testing";
import { waitUntil } from "../testbed/wait-until.ts";
import type { ReplicaSet } from "./replica-set.ts";

/** An agent and the numbers of the writes that reached it, with when (ms as `performance.now()` says it). */
class Reader {
  readonly arrivals: { readonly write: number; readonly at: number }[] = [];
  /** What broke the rules: something older after something newer, or two contents of one revision. */
  readonly wrong: string[] = [];
  readonly #hashes = new Map<number, string>();
  #agent: TestAgent | undefined;

  static async start(set: ReplicaSet, name: string): Promise<Reader> {
    const reader = new Reader();
    const [replica] = set.replicas;
    if (replica === undefined) throw new Error("there is no replica");
    reader.#agent = await startTestAgent(
      { api: { data: (query, variables) => set.ask(replica, query, variables) } },
      { cluster: name, backoff: "product", onDelivery: async (delivery) => reader.#take(delivery) },
    );
    const { client } = reader.#agent;
    await waitUntil(`${name} is connected`, () => client.phase === "connected");
    await reader.#agent.tell(shopFacts);
    return reader;
  }

  get newest(): number {
    return this.arrivals.at(-1)?.write ?? -1;
  }

  stop(): Promise<void> {
    return this.#agent?.stop() ?? Promise.resolve();
  }

  #take({ revision, bundles }: Parameters<NonNullable<TestAgentOptions["onDelivery"]>>[0]): [] {
    for (const { hash, objects } of bundles) {
      const [, number] = /"x-write":"(\d+)"/.exec(JSON.stringify(objects)) ?? [];
      const write = Number(number);
      if (write < this.newest) this.wrong.push(`write ${write} after ${this.newest}`);
      if ((this.#hashes.get(revision) ?? hash) !== hash)
        this.wrong.push(`two contents of revision ${revision}`);
      this.#hashes.set(revision, hash);
      this.arrivals.push({ write, at: performance.now() });
    }
    return [];
  }
}

/** Agents of as many clusters. */
export function startReaders(set: ReplicaSet, count: number): Promise<Reader[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => Reader.start(set, `c-${index}`)));
}

export async function stopReaders(readers: readonly Reader[]): Promise<void> {
  await Promise.all(readers.map((reader) => reader.stop()));
}

/** Resolves when every agent has this write, or a newer one. */
export async function allReached(readers: readonly Reader[], write: number): Promise<void> {
  await waitUntil(`write ${write} is everywhere`, () => readers.every(({ newest }) => newest >= write), {
    timeoutMs: 30_000,
  });
}

/** Writes a growing number through one replica after the other, each as soon as the last was acknowledged, until it is stopped. */
export class Writer {
  static readonly mutation = "mutation($m: [JSON!]!) { apply(manifests: $m) { written } }";
  static readonly variables = (write: number) => ({ m: [numbered(write)] });

  /** The last number that a replica said was written. */
  acknowledged = -1;
  /** Answers that were errors; what they asked for is asked again of the next replica. */
  failures = 0;
  readonly #set: ReplicaSet;
  readonly #writing: Promise<void>;
  #stopped = false;

  constructor(set: ReplicaSet) {
    this.#set = set;
    this.#writing = this.#write();
  }

  /** Resolves when this write is acknowledged. */
  async reached(write: number): Promise<void> {
    await waitUntil(`write ${write} is acknowledged`, () => this.acknowledged >= write);
  }

  /** The number of the last write. */
  async stop(): Promise<number> {
    this.#stopped = true;
    await this.#writing;
    return this.acknowledged;
  }

  async #write(): Promise<void> {
    for (let turn = 0; !this.#stopped; turn++) {
      const replica = this.#set.replicas[turn % this.#set.replicas.length];
      if (replica === undefined) throw new Error("there is no replica");
      const write = this.acknowledged + 1;
      try {
        await this.#set.ask(replica, Writer.mutation, Writer.variables(write));
        this.acknowledged = write;
      } catch {
        this.failures++;
        await pause(20);
      }
    }
  }
}

/** Adds a header with its number to the service of the sample. */
function numbered(write: number): object {
  return {
    apiVersion: "heddle.io/v1alpha1",
    kind: "TrafficPolicy",
    metadata: { name: "numbered" },
    spec: {
      targets: [{ name: "reviews", namespace: "shop" }],
      defaults: { headers: { response: { set: { "x-write": String(write) } } } },
    },
  };
}
