import { create } from "@bufbuild/protobuf";
import { createAuthority, createKeyAndCsr } from "@heddle/trust";
import { afterEach, describe, expect, it } from "vitest";
import { type ClientTls, callUnary, dial } from "./agent/dial.ts";
import { readAgentCertificate } from "./agent-certificate.ts";
import { decodeToken, encodeToken } from "./enrolment-token.ts";
import { RenewRequestSchema } from "./gen/heddle/relay/v1/relay_pb.ts";
import { defaultLimits } from "./limits.ts";
import { eventually } from "./testing/eventually.ts";
import { FakeClock } from "./testing/fake-clock.ts";
import { RawPeer } from "./testing/raw-peer.ts";
import { RelayWorld, type TestAgent } from "./testing/relay-world.ts";
import { encodeAgentMessage, renewMethod } from "./wire/contract.ts";
import { encodeBundle } from "./wire/encoded-delivery.ts";

let world: RelayWorld;
afterEach(() => world.close());

const connected = (agent: TestAgent) => eventually(() => agent.client.phase === "connected");
const sessionOf = (uid: string) => eventually(() => world.server.sessions.get(uid));

describe("enrolment", () => {
  it("turns a one-time token into a stream", async () => {
    world = await RelayWorld.open();
    const agent = world.agent({ token: world.token() });
    const session = await sessionOf("cluster-1");
    await connected(agent);
    expect(session.cluster.name).toBe("cluster-1");
    expect(session.hello).toMatchObject({
      agentVersion: "0.1.0",
      kubeVersion: "1.33.1",
      clusterUid: "cluster-1",
    });
    expect(agent.identities.saves).toBe(1);
    expect(agent.codes).toEqual([]);
  });

  it("refuses a token that another agent has used", async () => {
    world = await RelayWorld.open();
    const token = world.token();
    await connected(world.agent({ token }));
    const thief = world.agent({ token, uid: "cluster-2" });
    await eventually(() => thief.codes.includes("RELAY_TOKEN_USED"));
    expect(thief.identities.saves).toBe(0);
    expect(world.server.sessions.size).toBe(1);
  });

  it("lets exactly one of many racers use a token", async () => {
    world = await RelayWorld.open({ rates: { enrolments: { burst: 1000, perSecond: 1000 } } });
    const token = world.token();
    const racers = Array.from({ length: 20 }, (_, index) => world.agent({ token, uid: `racer-${index}` }));
    await eventually(() => racers.filter((one) => one.codes.includes("RELAY_TOKEN_USED")).length === 19);
    expect(racers.filter((one) => one.identities.saves > 0)).toHaveLength(1);
  });

  it("refuses expired and forged tokens", async () => {
    world = await RelayWorld.open();
    const expired = world.agent({ token: world.token({ expiresAt: Date.now() - 1 }) });
    const forged = world.agent({
      token: encodeToken({ ...decodeToken(world.token()), secret: Buffer.alloc(32) }),
    });
    await eventually(() => expired.codes.includes("RELAY_TOKEN_EXPIRED"));
    await eventually(() => forged.codes.includes("RELAY_TOKEN_UNKNOWN"));
    expect(world.server.sessions.size).toBe(0);
  });

  it("gives the token to no server but the pinned one", async () => {
    world = await RelayWorld.open();
    const pin = `sha256:${"0".repeat(64)}`;
    const agent = world.agent({ token: world.token({ pin }) });
    await eventually(() => agent.codes.includes("RELAY_SERVER_UNTRUSTED"));
    expect([...world.authority.tokens.values()].some((token) => token.used)).toBe(false);
  });

  it("answers the same key again when the reply was lost", async () => {
    world = await RelayWorld.open();
    const { authority } = world;
    const enrol = authority.enrol.bind(authority);
    let calls = 0;
    authority.enrol = async (request) => {
      const answer = await enrol(request);
      if (++calls === 1) throw new Error("the connection broke after the token was used");
      return answer;
    };
    const agent = world.agent({ token: world.token() });
    await connected(agent);
    expect(agent.codes).toEqual(["RELAY_INTERNAL"]);
    expect(calls).toBe(2);
  });

  it("limits how often an address may try", async () => {
    world = await RelayWorld.open({ rates: { enrolments: { burst: 2, perSecond: 0 } } });
    for (const uid of ["cluster-1", "cluster-2"]) await connected(world.agent({ token: world.token(), uid }));
    const third = world.agent({ token: world.token(), uid: "cluster-3" });
    await eventually(() => third.codes.includes("RELAY_RATE_LIMITED"));
  });
});

describe("identity", () => {
  it("is the certificate's: an agent cannot say it is another cluster", async () => {
    world = await RelayWorld.open();
    await world.identity("cluster-2");
    const liar = new RawPeer(world.address, await world.identity("cluster-1"));
    await liar.send(
      encodeAgentMessage({ case: "hello", value: { protocolVersion: "1.0", clusterUid: "cluster-2" } }),
    );
    expect((await liar.ended).code).toBe("RELAY_CLUSTER_MISMATCH");
    expect(world.server.sessions.size).toBe(0);
  });

  it("of another authority is none", async () => {
    world = await RelayWorld.open();
    const stranger = await createAuthority({
      commonName: "Relay test",
      ttlMs: 86_400_000,
      clock: { now: () => Date.now() },
    });
    const agent = world.agent({ identity: await world.identity("cluster-1", stranger) });
    await eventually(() => agent.codes.includes("RELAY_CERTIFICATE_REQUIRED"));
    expect(world.server.sessions.size).toBe(0);
  });

  it.each([
    "spiffe://elsewhere.test/agent/cluster-1",
    "spiffe://heddle.test/server/cluster-1",
    "https://heddle.test/",
  ])("named %s is no agent's of this server", async (uriSan) => {
    world = await RelayWorld.open();
    const peer = new RawPeer(world.address, await world.identity("cluster-1", world.authority.ca, uriSan));
    await peer.hello("cluster-1");
    expect((await peer.ended).code).toBe("RELAY_CERTIFICATE_REQUIRED");
    expect(world.heard.connected).toEqual([]);
  });

  it("is asked for at renewal, too, and must not be revoked", async () => {
    world = await RelayWorld.open();
    const identity = await world.identity("cluster-1");
    const { csrPem: csr } = await createKeyAndCsr();
    const request = create(RenewRequestSchema, { csr });
    const renew = async (tls: ClientTls) => {
      const client = dial(world.address, tls, defaultLimits);
      const options = { timeoutMs: 5000, signal: new AbortController().signal };
      return callUnary(client, renewMethod, request, options).finally(() => client.close());
    };
    const issued = readAgentCertificate((await renew(identity)).certificateChain);
    expect(issued?.clusterUid).toBe("cluster-1");
    const { caBundlePem } = identity;
    await expect(renew({ caBundlePem })).rejects.toMatchObject({ code: "RELAY_CERTIFICATE_REQUIRED" });
    world.authority.revoked.add(readAgentCertificate(identity.certificateChainPem)?.serial ?? "");
    await expect(renew(identity)).rejects.toMatchObject({ code: "RELAY_REVOKED" });
  });

  it("revoked while its stream is being opened gets no session", async () => {
    world = await RelayWorld.open();
    const identity = await world.identity("cluster-1");
    const authorise = world.authority.authorise.bind(world.authority);
    const asked = Promise.withResolvers<void>();
    const revoked = Promise.withResolvers<void>();
    world.authority.authorise = async (who) => {
      const answer = await authorise(who);
      asked.resolve();
      await revoked.promise;
      return answer;
    };
    const peer = new RawPeer(world.address, identity);
    await peer.hello("cluster-1");
    await asked.promise;
    expect(world.server.revoke({ clusterUid: "cluster-1" })).toBe(0);
    revoked.resolve();
    expect((await peer.ended).code).toBe("RELAY_REVOKED");
    expect(world.heard.connected).toEqual([]);
  });

  it("once revoked is not listened to, though the peer speaks on", async () => {
    world = await RelayWorld.open({ clock: new FakeClock() });
    const peer = new RawPeer(world.address, await world.identity("cluster-1"), { reads: false });
    await peer.hello("cluster-1");
    const session = await sessionOf("cluster-1");
    // A delivery that is not read keeps the Goodbye from going out, and with it the stream open.
    const { field } = encodeBundle("b", "h", Buffer.alloc(1_000_000));
    const bundles = Array.from({ length: 40 }, (_, index) => ({ id: `b${index}`, hash: "h", field }));
    const lost = session.deliver({ id: "d", revision: 1, complete: true, bundles, removed: [] });
    lost.catch(() => undefined);
    const inventory = (sequence: number) =>
      encodeAgentMessage({ case: "inventoryDelta", value: { sequence: BigInt(sequence) } });
    await peer.send(inventory(1));
    await eventually(() => world.heard.inventories.length === 1);
    session.close("RELAY_REVOKED");
    await eventually(() => world.server.sessions.size === 0);
    for (let sequence = 2; sequence < 20; sequence++) await peer.send(inventory(sequence));
    expect(world.heard.inventories.map(({ sequence }) => sequence)).toEqual([1]);
    peer.close();
    await expect(lost).rejects.toMatchObject({ name: "RelayError" });
    expect(world.heard.inventories).toHaveLength(1);
  });

  it("when revoked ends the live stream and opens no other; a new token helps", async () => {
    world = await RelayWorld.open();
    const agent = world.agent({ token: world.token() });
    const session = await sessionOf("cluster-1");
    await connected(agent);
    world.authority.revoked.add(session.certificate.serial);
    expect(world.server.revoke({ serial: session.certificate.serial })).toBe(1);
    await eventually(() => agent.codes.includes("RELAY_REVOKED"));
    await eventually(() => world.heard.gone.includes("RELAY_REVOKED"));
    // It has only the token it used, and goes on asking at its slowest pace.
    await eventually(() => agent.codes.filter((code) => code === "RELAY_TOKEN_USED").length >= 2);
    expect(world.server.sessions.size).toBe(0);
    const { current } = agent.identities;
    const again = world.agent({ token: world.token(), ...(current ? { identity: current } : {}) });
    await connected(again);
    expect(again.codes).toEqual(["RELAY_REVOKED"]);
  });

  it("expires on a live stream, too", async () => {
    const clock = new FakeClock();
    world = await RelayWorld.open({ clock, timing: { heartbeatMs: 10_000, maxAgeMs: 1e12 } });
    world.authority.ttlMs = 60_000;
    const agent = world.agent({ identity: { ...(await world.identity("cluster-1")), renewAt: 1e15 } });
    await connected(agent);
    const session = await sessionOf("cluster-1");
    while (clock.now() + 10_000 <= session.certificate.notAfter) {
      const before = session.lastSeenAt;
      clock.advance(10_000);
      await eventually(() => session.lastSeenAt > before);
    }
    expect(world.heard.gone).toEqual([]);
    clock.advance(11_000);
    await eventually(() => world.heard.gone.length === 1);
    expect(world.heard.gone).toEqual(["RELAY_CERTIFICATE_EXPIRED"]);
    await eventually(() => agent.codes.includes("RELAY_CERTIFICATE_EXPIRED"));
  });

  it("that cannot be read is as good as none", async () => {
    world = await RelayWorld.open();
    const broken = { ...(await world.identity("cluster-1")), certificateChainPem: "half a certif" };
    const agent = world.agent({ identity: broken, token: world.token() });
    await connected(agent);
    expect(agent.codes).toEqual([]);
  });

  it("of the newest stream wins", async () => {
    world = await RelayWorld.open();
    const identity = await world.identity("cluster-1");
    const first = world.agent({ identity, backoff: { capMs: 1e9 } });
    await connected(first);
    const old = await sessionOf("cluster-1");
    const second = world.agent({ identity });
    await connected(second);
    await eventually(() => first.codes.includes("RELAY_SUPERSEDED"));
    const live = await eventually(() => world.server.sessions.get("cluster-1"));
    expect(live.id).not.toBe(old.id);
    expect(world.server.sessions.size).toBe(1);
    expect(second.client.phase).toBe("connected");
  });
});

describe("versions", () => {
  it.each([
    ["1.1", "1.0", true],
    ["1.0", "1.1", true],
    ["1.2", "1.0", false],
    ["1.0", "1.2", false],
    ["2.0", "1.0", false],
  ])("server %s with agent %s: %s", async (server, agentVersion, agree) => {
    world = await RelayWorld.open({ protocolVersion: server });
    const agent = world.agent({ identity: await world.identity("cluster-1"), protocolVersion: agentVersion });
    if (agree) await connected(agent);
    else await eventually(() => agent.codes.includes("RELAY_VERSION_UNSUPPORTED"));
    expect(world.server.sessions.size).toBe(agree ? 1 : 0);
  });
});

describe("renewal", () => {
  it("swaps key and certificate under an active stream", async () => {
    const clock = new FakeClock(Date.now() - 13 * 3_600_000); // TLS itself lives in real time
    world = await RelayWorld.open({ clock, timing: { heartbeatMs: 1e9 } });
    const identity = await world.identity("cluster-1");
    const agent = world.agent({ identity });
    await connected(agent);
    const session = await sessionOf("cluster-1");
    await session.deliver({
      id: "d",
      revision: 1,
      complete: true,
      bundles: [encodeBundle("a", "h", Buffer.from("[]"))],
      removed: [],
    });
    await eventually(() => world.heard.acks.length === 1);
    clock.advance(13 * 3_600_000);
    const renewed = await eventually(() => {
      const now = world.server.sessions.get("cluster-1");
      return now && now.certificate.serial !== session.certificate.serial ? now : undefined;
    });
    await connected(agent);
    expect(agent.identities.current?.privateKeyPem).not.toBe(identity.privateKeyPem);
    expect(renewed.hello.bundles).toEqual([{ id: "a", hash: "h" }]);
    expect(world.heard.gone).toEqual(["RELAY_RENEWED"]);
    expect(agent.codes).toEqual([]);
  });

  it("that fails leaves the valid certificate in use and is tried again", async () => {
    const clock = new FakeClock(Date.now() - 13 * 3_600_000); // TLS itself lives in real time
    world = await RelayWorld.open({ clock, timing: { heartbeatMs: 1e9, maxAgeMs: 1e12 } });
    const agent = world.agent({ identity: await world.identity("cluster-1") });
    await connected(agent);
    const renew = world.authority.renew.bind(world.authority);
    let failures = 0;
    world.authority.renew = async (request) =>
      ++failures < 3 ? { ok: false, code: "RELAY_INTERNAL" } : renew(request);
    clock.advance(13 * 3_600_000);
    await eventually(() => failures === 1);
    expect(agent.client.phase).toBe("connected");
    await eventually(() => {
      clock.advance(30_000);
      return agent.identities.saves === 1;
    });
    expect(failures).toBe(3);
    await connected(agent);
  });
});
