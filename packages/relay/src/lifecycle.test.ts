import { connect as connectTcp, createServer, type Socket } from "node:net";
import { createAuthority } from "@heddle/trust";
import { afterEach, describe, expect, it } from "vitest";
import { decodeToken } from "./enrolment-token.ts";
import { relayServerName } from "./server-name.ts";
import { eventually } from "./testing/eventually.ts";
import { FakeClock } from "./testing/fake-clock.ts";
import { RelayWorld } from "./testing/relay-world.ts";

let world: RelayWorld;
const cleanups: (() => void)[] = [];
afterEach(async () => {
  await world.close();
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A wire between agent and server that can fall silent without closing. */
async function flakyWire(port: number) {
  const sockets = new Set<Socket>();
  let silent = false;
  const proxy = createServer((near) => {
    const far = connectTcp(port, "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
    near.on("data", (data) => silent || far.write(data)).on("close", () => far.destroy());
    far.on("data", (data) => silent || near.write(data)).on("close", () => near.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = proxy.address();
  if (typeof address !== "object" || !address) throw new Error("no address");
  return {
    address: `127.0.0.1:${address.port}`,
    setSilent: (value: boolean) => {
      silent = value;
    },
  };
}

describe("an agent", () => {
  it("outlives its server: waits, never gives up, comes back with what it holds", async () => {
    world = await RelayWorld.open();
    const agents = await Promise.all(
      ["c-1", "c-2", "c-3"].map(async (uid) => {
        const agent = world.agent({ uid, identity: await world.identity(uid) });
        agent.applied.set(`bundle of ${uid}`, "h");
        return agent;
      }),
    );
    await eventually(() => world.server.sessions.size === 3);
    const { port } = world.server.address;
    await world.server.close({ graceMs: 1000 });
    expect(world.heard.gone).toEqual(["RELAY_SHUTDOWN", "RELAY_SHUTDOWN", "RELAY_SHUTDOWN"]);
    await eventually(() => agents.every((agent) => agent.codes.length >= 1));
    await world.startServer(port);
    await eventually(() => world.server.sessions.size === 3);
    expect(world.server.sessions.get("c-2")?.hello.bundles).toContainEqual({
      id: "bundle of c-2",
      hash: "h",
    });
    expect(agents.every((agent) => agent.codes[0] === "RELAY_SHUTDOWN")).toBe(true);
  });

  it("keeps trying a server that is not there", async () => {
    world = await RelayWorld.open();
    const identity = await world.identity("cluster-1");
    const { port } = world.server.address;
    await world.server.close();
    const agent = world.agent({ identity });
    await eventually(() => agent.codes.filter((code) => code === "RELAY_UNREACHABLE").length >= 5);
    await world.startServer(port);
    await eventually(() => agent.client.phase === "connected");
  });

  it("leaves a server that no longer answers, and the server an agent that no longer speaks", async () => {
    const clock = new FakeClock();
    world = await RelayWorld.open({ clock, timing: { heartbeatMs: 10_000, goodbyeMs: 500 } });
    const wire = await flakyWire(world.server.address.port);
    const agent = world.agent({ identity: await world.identity("cluster-1"), address: wire.address });
    await eventually(() => agent.client.phase === "connected");
    wire.setSilent(true);
    await eventually(() => {
      clock.advance(1000);
      return agent.codes.length > 0 && world.heard.gone.length > 0;
    });
    expect(agent.codes[0]).toBe("RELAY_TIMEOUT");
    wire.setSilent(false);
    await eventually(() => {
      clock.advance(100);
      return agent.client.phase === "connected";
    });
  });

  it("stays through a quiet hour of heartbeats", async () => {
    const clock = new FakeClock();
    world = await RelayWorld.open({ clock, timing: { heartbeatMs: 20_000 } });
    const agent = world.agent({ identity: await world.identity("cluster-1") });
    await eventually(() => agent.client.phase === "connected");
    const session = await eventually(() => world.server.sessions.get("cluster-1"));
    for (let beat = 0; beat < 180; beat++) {
      const before = session.lastSeenAt;
      clock.advance(20_000);
      await eventually(() => session.lastSeenAt > before);
    }
    expect(agent.codes).toEqual([]);
    expect(world.heard.gone).toEqual([]);
  });

  it("moves when its stream has become old", async () => {
    const clock = new FakeClock();
    world = await RelayWorld.open({ clock, timing: { heartbeatMs: 1000, maxAgeMs: 60_000 } });
    const agent = world.agent({ identity: await world.identity("cluster-1") });
    await eventually(() => agent.client.phase === "connected");
    const session = await eventually(() => world.server.sessions.get("cluster-1"));
    while (clock.now() - session.connectedAt < 70_000 && world.heard.gone.length === 0) {
      const before = session.lastSeenAt;
      clock.advance(1000);
      await eventually(() => session.lastSeenAt > before || world.heard.gone.length > 0);
    }
    await eventually(() => agent.codes.includes("RELAY_REBALANCED"));
    await eventually(() => {
      clock.advance(10);
      return agent.client.phase === "connected";
    });
  });

  it("with another cluster's identity in its store enrols for its own", async () => {
    world = await RelayWorld.open();
    const identity = await world.identity("cluster-1");
    const agent = world.agent({ uid: "cluster-2", identity, token: world.token() });
    await eventually(() => agent.client.phase === "connected");
    expect([...world.server.sessions.values()].map((session) => session.cluster.uid)).toEqual(["cluster-2"]);
  });

  it("stops at once while a server accepts it and says nothing", async () => {
    world = await RelayWorld.open();
    const wire = await flakyWire(world.server.address.port);
    wire.setSilent(true);
    const agent = world.agent({ token: world.token(), address: wire.address });
    await eventually(() => agent.client.phase === "enrolling");
    await agent.client.stop();
    expect(agent.client.phase).toBe("stopped");
  });

  it("stops at once while it waits", async () => {
    world = await RelayWorld.open();
    const agent = world.agent({ backoff: { capMs: 1e9 } });
    await eventually(() => agent.client.phase === "waiting");
    await agent.client.stop();
    expect(agent.client.phase).toBe("stopped");
  });
});

describe("a server", () => {
  it("pings a silent connection and lets go of one that is dead", async () => {
    // The relay's own clock stands still: only HTTP/2 can notice.
    const timing = { keepaliveMs: 100, keepaliveTimeoutMs: 100 };
    world = await RelayWorld.open({ clock: new FakeClock(), timing });
    const wire = await flakyWire(world.server.address.port);
    const dead = world.agent({ uid: "c-1", identity: await world.identity("c-1"), address: wire.address });
    const alive = world.agent({ uid: "c-2", identity: await world.identity("c-2") });
    await eventually(() => dead.client.phase === "connected" && alive.client.phase === "connected");
    wire.setSilent(true);
    await eventually(() => world.heard.gone.length === 1);
    expect(world.heard.gone).toEqual(["RELAY_CLOSED"]);
    expect(world.server.sessions.get("c-2")).toBeDefined();
    wire.setSilent(false);
  });

  it("shows a new certificate to new connections while the old ones stay", async () => {
    world = await RelayWorld.open();
    const first = world.agent({ uid: "c-1", identity: await world.identity("c-1") });
    await eventually(() => first.client.phase === "connected");
    const old = world.authority.ca;
    const next = await createAuthority({
      commonName: "next",
      ttlMs: 86_400_000,
      clock: { now: () => Date.now() },
    });
    const identity = await world.identity("c-2", next);
    const issued = await next.issueServerCertificate({
      dnsNames: [relayServerName],
      ips: [],
      ttlMs: 3_600_000,
    });
    world.server.setTls({
      certificateChainPem: issued.chainPem,
      privateKeyPem: issued.privateKeyPem,
      clientCaBundlePem: `${old.certificatePem}\n${next.certificatePem}`,
    });
    const stale = world.agent({ uid: "c-3", identity: await world.identity("c-3") });
    await eventually(() => stale.codes.includes("RELAY_UNREACHABLE"));
    const second = world.agent({ uid: "c-2", identity: { ...identity, caBundlePem: next.certificatePem } });
    await eventually(() => second.client.phase === "connected");
    expect(first.codes).toEqual([]);
    expect(world.server.sessions.size).toBe(2);
  });

  it("refuses connections beyond an address's rate before it spends a handshake on them", async () => {
    world = await RelayWorld.open({ rates: { connections: { burst: 1, perSecond: 0 } } });
    const first = world.agent({ uid: "c-1", identity: await world.identity("c-1") });
    await eventually(() => first.client.phase === "connected");
    const second = world.agent({ uid: "c-2", identity: await world.identity("c-2") });
    await eventually(() => second.codes.includes("RELAY_UNREACHABLE"));
    expect(world.server.sessions.size).toBe(1);
  });

  it("says nothing secret in logs and errors", async () => {
    const lines: string[] = [];
    const log = (fields: unknown, message: string) =>
      void lines.push(`${message} ${JSON.stringify(fields, withErrors)}`);
    const logger = { info: log, warn: log };
    world = await RelayWorld.open({ logger });
    const token = world.token();
    const agent = world.agent({ token, logger });
    await eventually(() => agent.client.phase === "connected");
    const thief = world.agent({ token, uid: "thief", logger });
    await eventually(() => thief.codes.includes("RELAY_TOKEN_USED"));
    const { secret } = decodeToken(token);
    const all = lines.join("\n");
    expect(lines.length).toBeGreaterThan(2);
    for (const hidden of [
      token,
      secret.toString("base64url"),
      secret.toString("hex"),
      secret.toString("base64"),
      "PRIVATE KEY",
    ])
      expect(all).not.toContain(hidden);
  });
});

function withErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? { ...value, message: value.message, stack: value.stack } : value;
}
