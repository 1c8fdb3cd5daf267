import { Floor } from "../floor/floor.ts";
import { spread } from "../spread.ts";
import { BenchServer } from "./bench-server.ts";
import { canaryManifest, otherManifest } from "./canary-manifest.ts";
import { Fleet } from "./fleet.ts";
import { oneService } from "./sample-facts.ts";

const inTurn = 10;
const pauses = 3;

/** A server with its agents, and beside it a bare gRPC fan-out to as many streams: measured in turns, so that both meet the same machine. */
export class SideBySide implements AsyncDisposable {
  readonly server: BenchServer;
  readonly #fleet: Fleet;
  readonly #floor: Floor;
  readonly #stack: AsyncDisposableStack;
  #writes = 0;

  private constructor(server: BenchServer, fleet: Fleet, floor: Floor, stack: AsyncDisposableStack) {
    this.server = server;
    this.#fleet = fleet;
    this.#floor = floor;
    this.#stack = stack;
  }

  static async start(agents: number): Promise<SideBySide> {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await BenchServer.start());
    const fleet = stack.use(await Fleet.connect(server, agents, oneService));
    const floor = stack.use(await Floor.open(agents));
    return new SideBySide(server, fleet, floor, stack.move());
  }

  /** Ms from a write until all agents have it, and of rounds of the floor, at least so many times each, ten of each in turn. */
  async run(times: number): Promise<{ readonly [side in "writes" | "floor"]: ReturnType<typeof spread> }> {
    const writes: number[] = [];
    const floor: number[] = [];
    while (writes.length < times) {
      for (let index = 0; index < inTurn; index++) writes.push(await this.#write());
      // The server still takes in what the agents say of the last write.
      for (let index = 0; index < pauses; index++) await this.#floor.round();
      for (let index = 0; index < inTurn; index++) floor.push(await this.#floor.round());
    }
    return { writes: spread(writes), floor: spread(floor) };
  }

  async #write(): Promise<number> {
    const started = performance.now();
    await this.#fleet.reached(await this.server.apply(canaryManifest(this.#writes++)));
    return performance.now() - started;
  }

  /** Ms until all agents have so many different writes that are made at once. */
  async burst(writes: number): Promise<number> {
    const started = performance.now();
    const revisions = await Promise.all(
      Array.from({ length: writes }, (_, index) => this.server.apply(otherManifest(index))),
    );
    await this.#fleet.reached(Math.max(...revisions));
    return performance.now() - started;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
