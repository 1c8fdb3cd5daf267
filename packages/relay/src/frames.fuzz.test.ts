import { Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import { foundCases, fuzzing, fuzzTimeoutMs, mutated } from "@heddle/api/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { relayErrors } from "./relay-error.ts";
import { eventually } from "./testing/eventually.ts";
import { RawPeer } from "./testing/raw-peer.ts";
import { RelayWorld, type TestAgent } from "./testing/relay-world.ts";
import { connectMethod, encodeAgentMessage, encodeServerMessage } from "./wire/contract.ts";

const words = [
  Buffer.from([0]),
  Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]),
  Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
  Buffer.from([0x0a, 0x00]),
  Buffer.from([0x7a, 0x04]),
  Buffer.from([0x3b]),
  "{}",
  "[",
  '{"__proto__":1}',
];
const json = (value: object) => Buffer.from(JSON.stringify(value));
const report = { bundle: "a", hash: "h", revision: 1, objects: 1, problems: [] };
const fact = { kind: "Namespace", name: "shop", labels: {} };
const chunk = (index: number, last: boolean, bytes: number, total: number) =>
  ({ case: "chunk", value: { messageId: 1, index, last, data: new Uint8Array(bytes), total } }) as const;

const fromAgent = [
  encodeAgentMessage({ case: "hello", value: { protocolVersion: "1.1", clusterUid: "fuzz" } }),
  encodeAgentMessage({
    case: "inventoryDelta",
    value: {
      sequence: 1n,
      full: true,
      upserts: [{ key: "Namespace//shop", fact: json(fact) }],
      deletes: ["Mesh//x"],
    },
  }),
  encodeAgentMessage({ case: "statusReport", value: { reports: [json(report)] } }),
  encodeAgentMessage({
    case: "deliveryAck",
    value: { deliveryId: "1.1", reports: [json(report)], rejected: [{ id: "a", code: "TooLarge" }] },
  }),
  encodeAgentMessage({ case: "heartbeat", value: { sequence: 7 } }),
  encodeAgentMessage({ case: "goodbye", value: { code: "RELAY_STOPPED" } }),
  encodeAgentMessage(chunk(0, false, 20_000, 40_000)),
  encodeAgentMessage(chunk(1, true, 20_000, 40_000)),
];
const fromServer = [
  encodeServerMessage({
    case: "welcome",
    value: {
      protocolVersion: "1.1",
      heartbeatIntervalMs: 20_000,
      limits: { maxMessageBytes: 1 << 26, maxFrameBytes: 1 << 20, maxItemBytes: 1 << 24 },
      driftMode: "repair",
    },
  }),
  encodeServerMessage({
    case: "delivery",
    value: {
      id: "1.1",
      revision: 1n,
      complete: true,
      bundles: [{ id: "a", hash: "h", objects: json([{ kind: "ConfigMap" }]) }],
      removed: ["b"],
    },
  }),
  encodeServerMessage({ case: "inventoryRequest", value: {} }),
  encodeServerMessage({ case: "inventoryAck", value: { sequence: 1n } }),
  encodeServerMessage({ case: "heartbeat", value: { sequence: 1 } }),
  encodeServerMessage({ case: "goodbye", value: { code: "RELAY_SHUTDOWN", retryAfterMs: 5 } }),
  encodeServerMessage(chunk(0, false, 20_000, 40_000)),
];

/** Frames in a file: each after its length, four bytes in network order. */
function framesIn(bytes: Uint8Array): Uint8Array[] {
  const view = Buffer.from(bytes);
  const frames: Uint8Array[] = [];
  for (let at = 0; at + 4 <= view.length; ) {
    const length = view.readUInt32BE(at);
    frames.push(view.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return frames;
}

const found = (folder: string) => foundCases(new URL(`fuzz-cases/${folder}/`, import.meta.url)).map(framesIn);

const frames = (seeds: readonly Uint8Array[]) =>
  fc.array(fc.oneof(fc.constantFrom(...seeds), mutated(seeds, words)), { minLength: 1, maxLength: 8 });

describe("whatever frames come", () => {
  let world: RelayWorld;
  let honest: TestAgent;
  beforeAll(async () => {
    const rate = { burst: 1e9, perSecond: 1e9 };
    world = await RelayWorld.open({
      rates: { connections: rate, enrolments: rate, renewals: rate },
      timing: { goodbyeMs: 50 },
    });
    honest = world.agent({ uid: "honest", identity: await world.identity("honest") });
    await eventually(() => honest.client.phase === "connected");
  });
  afterAll(() => world.close());

  it(
    "to the server, their session goes on or ends with a code, and others do not notice",
    async () => {
      const identity = await world.identity("fuzz");
      await fc.assert(
        fc.asyncProperty(frames(fromAgent), fc.boolean(), async (sent, introduced) => {
          const peer = new RawPeer(world.address, identity);
          if (introduced) await peer.hello("fuzz");
          for (const frame of sent) await peer.send(frame);
          const marked = encodeAgentMessage({ case: "heartbeat", value: { sequence: 4_242 } });
          await peer.send(marked);
          const answered = () =>
            peer.received.some((body) => body.case === "heartbeat" && body.value.sequence === 4_242);
          const goodbye = () => peer.received.find((body) => body.case === "goodbye");
          const ended = peer.ended.then(({ code }) => code);
          const code = await Promise.race([
            ended,
            eventually(() => (answered() ? "served" : goodbye()?.value.code)),
          ]);
          if (code !== "served") expect(Object.keys(relayErrors)).toContain(code);
          expect(code).not.toBe("RELAY_INTERNAL");
          peer.close();
          expect(honest.codes).toEqual([]);
        }),
        { ...fuzzing, examples: found("to-server").map((sent) => [sent, true]) },
      );
      await eventually(() => world.server.reassemblyBytes === 0);
    },
    fuzzTimeoutMs,
  );

  it(
    "to an agent, its stream goes on or ends with a code, and it comes back",
    async () => {
      let script: readonly Uint8Array[] = [];
      const server = new Server();
      server.addService(
        { connect: connectMethod },
        {
          connect: (call: ServerDuplexStream<Buffer, Buffer>) => {
            call.on("error", () => undefined);
            call.on("data", () => undefined);
            for (const frame of script) call.write(Buffer.from(frame));
            call.end();
          },
        },
      );
      const tls = await world.serverTls();
      const port = await new Promise<number>((resolve, reject) =>
        server.bindAsync(
          "127.0.0.1:0",
          ServerCredentials.createSsl(
            Buffer.from(tls.clientCaBundlePem),
            [
              {
                cert_chain: Buffer.from(tls.certificateChainPem),
                private_key: Buffer.from(tls.privateKeyPem),
              },
            ],
            true,
          ),
          (error, bound) => (error === null ? resolve(bound) : reject(error)),
        ),
      );
      const identity = { ...(await world.identity("fuzzed")), address: `127.0.0.1:${port}` };
      try {
        await fc.assert(
          fc.asyncProperty(frames(fromServer), async (sent) => {
            script = sent;
            const agent = world.agent({ uid: "fuzzed", identity, backoff: { baseMs: 1, capMs: 1 } });
            // Twice: it has come back after what it was sent.
            await eventually(() => agent.codes.length >= 2);
            await agent.client.stop();
            for (const code of agent.codes) expect(Object.keys(relayErrors)).toContain(code);
            expect(agent.codes).not.toContain("RELAY_INTERNAL");
          }),
          { ...fuzzing, examples: found("to-agent").map((sent) => [sent]) },
        );
      } finally {
        server.forceShutdown();
      }
    },
    fuzzTimeoutMs,
  );
});
