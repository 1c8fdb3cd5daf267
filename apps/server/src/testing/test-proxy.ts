import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { Transform } from "node:stream";

/** A cable that can be cut and mended, and that holds back or slows down what the far end says. */
export interface TestProxy {
  /** The target's URL, by way of the cable. */
  readonly url: string;
  /** `host:port` of the same. */
  readonly address: string;
  /** Ends all connections and refuses new ones. */
  cut(): void;
  mend(): void;
  /** Lets so many more bytes of the far end through, then nothing, on open connections. The near end's bytes always pass. */
  hold(afterBytes?: number): void;
  /** Whether something is held back. */
  readonly holding: boolean;
  /** Each piece of what the far end says takes so many ms. */
  slow(ms: number): void;
  /** Ends holding back and slowing down. */
  release(): void;
  close(): Promise<void>;
}

export async function startProxy(targetUrl: string): Promise<TestProxy> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let cut = false;
  let allowance = Number.POSITIVE_INFINITY;
  let delayMs = 0;
  let waiting = 0;
  let released = Promise.withResolvers<void>();

  const pass = async (piece: Buffer, gate: Transform) => {
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    for (let rest = piece; rest.length > 0; ) {
      const part = rest.subarray(0, Math.min(allowance, rest.length));
      allowance -= part.length;
      if (part.length > 0) gate.push(part);
      rest = rest.subarray(part.length);
      if (rest.length === 0) return;
      waiting++;
      await released.promise;
      waiting--;
    }
  };
  const gate = () =>
    new Transform({
      transform(piece: Buffer, _encoding, done) {
        pass(piece, this).then(() => done(), done);
      },
    });

  const server = createServer((near) => {
    if (cut) {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on("error", () => undefined);
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    near.pipe(far);
    far.pipe(gate()).pipe(near);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  const url = new URL(targetUrl);
  url.hostname = "127.0.0.1";
  url.port = String(bound.port);
  const release = () => {
    allowance = Number.POSITIVE_INFINITY;
    delayMs = 0;
    released.resolve();
    released = Promise.withResolvers();
  };
  return {
    url: url.href,
    address: url.host,
    cut() {
      cut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      cut = false;
    },
    hold(afterBytes = 0) {
      allowance = afterBytes;
    },
    get holding() {
      return waiting > 0;
    },
    slow(ms) {
      delayMs = ms;
    },
    release,
    async close() {
      release();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
