import { randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import type { BundleReport } from "@heddle/api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChunkSchema } from "./gen/heddle/relay/v1/relay_pb.ts";
import { eventually } from "./testing/eventually.ts";
import { FakeClock } from "./testing/fake-clock.ts";
import { RawPeer } from "./testing/raw-peer.ts";
import { RelayWorld } from "./testing/relay-world.ts";
import { agentCodec, encodeAgentMessage } from "./wire/contract.ts";
import { encodeBundle } from "./wire/encoded-delivery.ts";

const kib = 1024;
const mib = 1024 * kib;
let world: RelayWorld;
let clock: FakeClock;
beforeEach(async () => {
  clock = new FakeClock();
  world = await RelayWorld.open({
    clock,
    timing: { heartbeatMs: 30_000, goodbyeMs: 1000, helloMs: 5000 },
    limits: { messageBytes: 8 * mib },
    reassemblyBytes: 12 * mib,
  });
});
afterEach(() => world.close());

async function peerOf(uid = "cluster-1") {
  const peer = new RawPeer(world.address, await world.identity(uid));
  await peer.hello(uid);
  await eventually(() => peer.received.some((body) => body.case === "welcome"));
  return peer;
}

const chunk = (messageId: number, index: number, bytes: number, total: number, last = false) =>
  agentCodec.encodeChunk(create(ChunkSchema, { messageId, index, last, total, data: new Uint8Array(bytes) }));

/** An honest agent is served after whatever the peer did, and nothing of it is left. */
async function expectAllWell(): Promise<void> {
  expect(world.server.reassemblyBytes).toBe(0);
  const agent = world.agent({ uid: "honest", identity: await world.identity("honest") });
  await eventually(() => agent.client.phase === "connected");
}

describe("a hostile peer", () => {
  it("with random bytes for messages is shown out", async () => {
    for (let round = 0; round < 40; round++) {
      const peer = await peerOf();
      for (let frame = 0; frame < 20; frame++) await peer.send(randomBytes(1 + round * 50));
      const left = await Promise.race([
        peer.ended,
        eventually(() => peer.received.at(-1)?.case === "goodbye"),
      ]);
      expect(left).toBeTruthy();
      peer.close();
    }
    await expectAllWell();
  });

  it("with random bytes instead of a Hello gets no session", async () => {
    const peer = new RawPeer(world.address, await world.identity("cluster-1"));
    await peer.send(randomBytes(200));
    expect((await peer.ended).code).toBe("RELAY_PROTOCOL_VIOLATION");
    expect(world.heard.connected).toHaveLength(0);
  });

  it("that says nothing is asked to leave", async () => {
    const peer = new RawPeer(world.address, await world.identity("cluster-1"));
    await peer.send(new Uint8Array());
    const silent = new RawPeer(world.address, await world.identity("cluster-2"));
    await eventually(() => {
      clock.advance(1000);
      return world.server.sessions.size === 0;
    });
    const code = await Promise.race([silent.ended, advancing(silent.ended)]);
    expect(code.code).toBe("RELAY_TIMEOUT");
  });

  it.each([
    [
      "a wrong order",
      () => [chunk(1, 0, 64 * kib, mib), chunk(1, 2, 64 * kib, mib)],
      "RELAY_PROTOCOL_VIOLATION",
    ],
    ["no beginning", () => [chunk(1, 1, 64 * kib, mib)], "RELAY_PROTOCOL_VIOLATION"],
    [
      "a changed total",
      () => [chunk(1, 0, 64 * kib, mib), chunk(1, 1, 64 * kib, 2 * mib)],
      "RELAY_PROTOCOL_VIOLATION",
    ],
    [
      "more than announced",
      () => [chunk(1, 0, 64 * kib, 64 * kib + 1), chunk(1, 1, 64 * kib, 64 * kib + 1)],
      "RELAY_PROTOCOL_VIOLATION",
    ],
    ["less than announced", () => [chunk(1, 0, 64 * kib, mib, true)], "RELAY_PROTOCOL_VIOLATION"],
    ["a huge total", () => [chunk(1, 0, 64 * kib, 4_000_000_000)], "RELAY_MESSAGE_TOO_LARGE"],
    ["tiny chunks", () => [chunk(1, 0, 1, mib), chunk(1, 1, 1, mib)], "RELAY_PROTOCOL_VIOLATION"],
    ["empty chunks", () => [chunk(1, 0, 0, mib)], "RELAY_PROTOCOL_VIOLATION"],
    [
      "too many at once",
      () => [0, 1, 2, 3, 4].map((id) => chunk(id, 0, 64 * kib, mib)),
      "RELAY_PROTOCOL_VIOLATION",
    ],
    [
      "a chunk in chunks",
      () => [chunk(1, 0, 64 * kib, 128 * kib), chunk(1, 1, 64 * kib, 128 * kib, true)],
      "RELAY_PROTOCOL_VIOLATION",
    ],
    [
      "a second Hello",
      () => [encodeAgentMessage({ case: "hello", value: { clusterUid: "cluster-1" } })],
      "RELAY_PROTOCOL_VIOLATION",
    ],
  ])("with %s is shown out", async (_what, frames, code) => {
    const peer = await peerOf();
    for (const frame of frames()) await peer.send(frame);
    expect((await peer.ended).code).toBe(code);
    expect(peer.received.at(-1)).toMatchObject({ case: "goodbye", value: { code } });
    await expectAllWell();
  });

  it("with a frame over the limit is cut off", async () => {
    const peer = await peerOf();
    await peer.send(randomBytes(2 * mib));
    await peer.ended;
    await eventually(() => world.heard.gone.length === 1);
    await expectAllWell();
  });

  it("with messages that never end holds a bounded part of memory for a bounded time", async () => {
    const peer = await peerOf();
    for (let index = 0; index < 7; index++) await peer.send(chunk(1, index, mib - 100, 8 * mib));
    await eventually(() => world.server.reassemblyBytes > 6 * mib);
    await peer.send(chunk(2, 0, mib - 100, 8 * mib));
    await peer.send(chunk(2, 1, mib - 100, 8 * mib));
    expect((await peer.ended).code).toBe("RELAY_MESSAGE_TOO_LARGE");
    expect(world.server.reassemblyBytes).toBe(0);

    const slow = await peerOf();
    await slow.send(chunk(1, 0, mib - 100, 8 * mib));
    await eventually(() => world.server.reassemblyBytes > 0);
    const end = await advancing(slow.ended);
    expect(end.code).toBe("RELAY_TIMEOUT");
    await expectAllWell();
  });

  it("with friends does not get more than the process gives to all", async () => {
    const peers = [await peerOf("cluster-1"), await peerOf("cluster-2")];
    await Promise.all(
      peers.map(async (peer) => {
        for (let index = 0; index < 7; index++) await peer.send(chunk(1, index, mib - 100, 8 * mib));
      }),
    );
    const end = await Promise.race(peers.map((peer) => peer.ended));
    expect(end.code).toBe("RELAY_OVERLOADED");
    expect(world.server.reassemblyBytes).toBeLessThanOrEqual(12 * mib);
    for (const peer of peers) peer.close();
    await eventually(() => world.server.reassemblyBytes === 0);
    await expectAllWell();
  });

  it("that does not read gets no queue of heartbeat answers", async () => {
    const peer = new RawPeer(world.address, await world.identity("cluster-1"), { reads: false });
    await peer.hello("cluster-1");
    const session = await eventually(() => world.server.sessions.get("cluster-1"));
    const { field } = encodeBundle("b", "h", Buffer.alloc(mib));
    const bundles = Array.from({ length: 40 }, (_, index) => ({ id: `b${index}`, hash: "h", field }));
    const delivered = session.deliver({ id: "d", revision: 1, complete: true, bundles, removed: [] });
    const heartbeat = encodeAgentMessage({ case: "heartbeat", value: { sequence: 1 } });
    for (let beat = 0; beat < 2000; beat++) await peer.send(heartbeat);
    const report: BundleReport = { bundle: "last word", hash: "", revision: 1, objects: 0, problems: [] };
    const reports = [Buffer.from(JSON.stringify(report))];
    await peer.send(encodeAgentMessage({ case: "statusReport", value: { reports } }));
    await eventually(() => world.heard.reports.includes("last word"));
    expect(session.writable).toBe(false);
    peer.resume();
    await delivered;
    expect(peer.received.filter((body) => body.case === "heartbeat").length).toBeLessThan(1000);
    peer.close();
    await eventually(() => world.server.sessions.size === 0);
    await expectAllWell();
  });
});

/** The promise's outcome, while time passes. */
async function advancing<T>(promise: Promise<T>): Promise<T> {
  const outcome: { value?: T } = {};
  void promise.then((value) => {
    outcome.value = value;
  });
  return eventually(() => {
    clock.advance(5000);
    return outcome.value;
  });
}
