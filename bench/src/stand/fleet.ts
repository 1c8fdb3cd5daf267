import type { Fact } from "@heddle/api";
import type { ReceivedDelivery } from "@heddle/relay";
import type { BenchServer } from "./bench-server.ts";
import { MemoryAgent } from "./memory-agent.ts";

/** Agents that register, enrol and connect at once; more would only wait for each other. */
const atOnce = 20;

/** Agents in this process, each of a cluster of its own. */
export class Fleet implements AsyncDisposable {
  readonly agents: MemoryAgent[] = [];
  /** By agent: the newest revision that it has. */
  readonly #revisions: number[] = [];
  #waiting:
    | { readonly lacks: (index: number, delivery: ReceivedDelivery) => boolean; readonly left: Set<number> }
    | undefined;
  #done = (): void => undefined;

  readonly #prefix: string;

  private constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Registers and connects this many, named by the prefix; each reports `facts` unless there are none. */
  static async connect(
    server: BenchServer,
    count: number,
    facts: readonly Fact[],
    prefix = "c",
  ): Promise<Fleet> {
    const fleet = new Fleet(prefix);
    for (let first = 0; first < count; first += atOnce)
      await Promise.all(
        Array.from({ length: Math.min(atOnce, count - first) }, (_, offset) =>
          fleet.#add(server, first + offset, facts),
        ),
      );
    return fleet;
  }

  /** Resolves when every agent has this revision or a newer one. */
  reached(revision: number): Promise<void> {
    const left = this.#revisions.flatMap((at, index) => (at >= revision ? [] : [index]));
    return this.#until(left, (_, delivery) => delivery.revision < revision);
  }

  /** Resolves when every agent has been compared with all that it should have: it connected anew. */
  compared(): Promise<void> {
    return this.#until([...this.agents.keys()], (_, delivery) => !delivery.complete);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.client.stop()));
  }

  async #add(server: BenchServer, index: number, facts: readonly Fact[]): Promise<void> {
    const name = `${this.#prefix}-${index}`;
    const { registerCluster } = await server.query<{ registerCluster: { token: string } }>(
      "mutation R($name: String!) { registerCluster(name: $name) { token } }",
      { name },
    );
    const agent = new MemoryAgent(name, registerCluster.token, (delivery) => this.#applied(index, delivery));
    this.agents[index] = agent;
    this.#revisions[index] = -1;
    await agent.connect();
    if (facts.length > 0) await agent.report(facts, true);
  }

  #until(
    left: readonly number[],
    lacks: (index: number, delivery: ReceivedDelivery) => boolean,
  ): Promise<void> {
    if (left.length === 0) return Promise.resolve();
    this.#waiting = { left: new Set(left), lacks };
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  #applied(index: number, delivery: ReceivedDelivery): void {
    this.#revisions[index] = delivery.revision;
    const waiting = this.#waiting;
    if (waiting === undefined || waiting.lacks(index, delivery)) return;
    if (!waiting.left.delete(index) || waiting.left.size > 0) return;
    this.#waiting = undefined;
    this.#done();
  }
}
