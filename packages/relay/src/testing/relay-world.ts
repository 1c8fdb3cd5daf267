import { type Authority, createAuthority, createKeyAndCsr, verifyRequest } from "@heddle/trust";
import type {
  AgentHandlers,
  AgentIdentity,
  AgentState,
  IdentityStore,
  ReceivedDelivery,
} from "../agent/ports.ts";
import { createRelayClient, type RelayClient, type RelayClientOptions } from "../agent/relay-client.ts";
import { agentUri } from "../agent-certificate.ts";
import { type Clock, systemClock } from "../clock.ts";
import { createToken, encodeToken, tokenHash } from "../enrolment-token.ts";
import { redemptionProblem, type StoredToken } from "../redeem-token.ts";
import type { RelayErrorCode } from "../relay-error.ts";
import type { AuthorityPort, ReceivedAck, ReceivedInventory, RelayCluster } from "../server/ports.ts";
import { createRelayServer, type RelayServer } from "../server/relay-server.ts";
import type { RelaySession } from "../server/relay-session.ts";
import type { RelayServerOptions } from "../server/server-options.ts";
import { relayServerName } from "../server-name.ts";

export const trustDomain = "heddle.test";
const day = 86_400_000;

/** The authority port over real certificates and a store in memory. */
export class TestAuthority implements AuthorityPort {
  readonly ca: Authority;
  readonly clusters = new Map<string, RelayCluster>();
  readonly tokens = new Map<string, StoredToken>();
  readonly revoked = new Set<string>();
  readonly #clock: Clock;
  ttlMs = day;

  constructor(ca: Authority, clock: Clock) {
    this.ca = ca;
    this.#clock = clock;
  }

  async enrol({
    tokenHash: hash,
    csr,
    facts,
  }: Parameters<AuthorityPort["enrol"]>[0]): ReturnType<AuthorityPort["enrol"]> {
    const { pin } = await verifyRequest(csr);
    const now = this.#clock.now();
    const redemption = { tokenHash: hash, publicKey: pin, clusterUid: facts.clusterUid, now };
    const stored = this.tokens.get(hash);
    if (stored && !stored.used && stored.expiresAt > now)
      this.tokens.set(hash, { ...stored, used: { at: now, publicKey: pin, clusterUid: facts.clusterUid } });
    const code = redemptionProblem(this.tokens.get(hash), redemption);
    if (code) return { ok: false, code } as const;
    this.clusters.set(facts.clusterUid, {
      uid: facts.clusterUid,
      name: facts.clusterUid,
      driftMode: "repair",
    });
    return this.issue(facts.clusterUid, csr);
  }

  async renew({
    clusterUid,
    csr,
  }: Parameters<AuthorityPort["renew"]>[0]): ReturnType<AuthorityPort["renew"]> {
    return this.issue(clusterUid, csr);
  }

  async authorise({ clusterUid, serial }: Parameters<AuthorityPort["authorise"]>[0]) {
    const cluster = this.clusters.get(clusterUid);
    if (this.revoked.has(serial)) return { ok: false, code: "RELAY_REVOKED" } as const;
    return cluster
      ? ({ ok: true, cluster } as const)
      : ({ ok: false, code: "RELAY_CLUSTER_UNKNOWN" } as const);
  }

  async issue(clusterUid: string, csr: string) {
    const uriSan = agentUri(trustDomain, clusterUid);
    const issued = await this.ca.issueFromCsr({ csr, uriSan, ttlMs: this.ttlMs, usages: ["clientAuth"] });
    return {
      ok: true,
      certificateChainPem: issued.certificatePem,
      caBundlePem: this.ca.certificatePem,
      renewAfterSeconds: this.ttlMs / 2000,
    } as const;
  }
}

export class MemoryIdentities implements IdentityStore {
  current: AgentIdentity | undefined;
  saves = 0;
  async load() {
    return this.current;
  }
  async save(identity: AgentIdentity) {
    this.saves++;
    this.current = identity;
  }
}

export interface TestAgent {
  readonly client: RelayClient;
  readonly identities: MemoryIdentities;
  readonly deliveries: ReceivedDelivery[];
  readonly codes: RelayErrorCode[];
  readonly applied: Map<string, string>;
  inventoryRequests: number;
  welcomes: number;
}

export interface Heard {
  readonly connected: RelaySession[];
  readonly inventories: ReceivedInventory[];
  readonly acks: ReceivedAck[];
  readonly reports: string[];
  readonly gone: RelayErrorCode[];
}

/** A server with a real authority on loopback, and agents to connect to it. Everything is closed by `close`. */
export class RelayWorld {
  readonly authority: TestAuthority;
  readonly clock: Clock;
  readonly heard: Heard = { connected: [], inventories: [], acks: [], reports: [], gone: [] };
  readonly #agents: RelayClient[] = [];
  readonly #overrides: Partial<RelayServerOptions>;
  #server: RelayServer | undefined;

  private constructor(authority: TestAuthority, clock: Clock, overrides: Partial<RelayServerOptions>) {
    this.authority = authority;
    this.clock = clock;
    this.#overrides = overrides;
  }

  static async open(overrides: Partial<RelayServerOptions> = {}): Promise<RelayWorld> {
    const clock = overrides.clock ?? systemClock;
    const ca = await createAuthority({ commonName: "Relay test", ttlMs: 365 * day, clock });
    const world = new RelayWorld(new TestAuthority(ca, clock), clock, overrides);
    await world.startServer();
    return world;
  }

  async startServer(port = 0): Promise<void> {
    const { heard } = this;
    this.#server = await createRelayServer({
      listen: { host: "127.0.0.1", port },
      tls: await this.serverTls(),
      trustDomain,
      authority: this.authority,
      clock: this.clock,
      handlers: {
        onConnect: async (session) => void heard.connected.push(session),
        onInventory: async (_session, inventory) => void heard.inventories.push(inventory),
        onStatus: async (_session, reports) =>
          void heard.reports.push(...reports.map((report) => report.bundle)),
        onDeliveryAck: async (_session, ack) => void heard.acks.push(ack),
        onDisconnect: (_session, reason) => void heard.gone.push(reason),
      },
      ...this.#overrides,
    });
  }

  get server(): RelayServer {
    if (!this.#server) throw new Error("the server was not started");
    return this.#server;
  }

  async serverTls() {
    const { ca } = this.authority;
    const issued = await ca.issueServerCertificate({
      dnsNames: [relayServerName],
      ips: ["127.0.0.1"],
      ttlMs: day,
    });
    const { chainPem: certificateChainPem, privateKeyPem } = issued;
    return { certificateChainPem, privateKeyPem, clientCaBundlePem: ca.certificatePem };
  }

  get address(): string {
    return `127.0.0.1:${this.server.address.port}`;
  }

  token(options: { readonly expiresAt?: number; readonly pin?: string } = {}): string {
    const token = createToken({ address: this.address, pin: options.pin ?? this.authority.ca.pin });
    this.authority.tokens.set(tokenHash(token.secret), {
      expiresAt: options.expiresAt ?? this.clock.now() + 3_600_000,
    });
    return encodeToken(token);
  }

  /** An identity as enrolment would give it, without enrolling. */
  async identity(
    clusterUid: string,
    ca: Authority = this.authority.ca,
    uriSan = agentUri(trustDomain, clusterUid),
  ): Promise<AgentIdentity> {
    this.authority.clusters.set(clusterUid, { uid: clusterUid, name: clusterUid, driftMode: "repair" });
    const { privateKeyPem, csrPem } = await createKeyAndCsr();
    const issued = await ca.issueFromCsr({
      csr: csrPem,
      uriSan,
      ttlMs: this.authority.ttlMs,
      usages: ["clientAuth"],
    });
    return {
      privateKeyPem,
      certificateChainPem: issued.certificatePem,
      caBundlePem: this.authority.ca.certificatePem,
      address: this.address,
      renewAt: this.clock.now() + this.authority.ttlMs / 2,
    };
  }

  agent(
    options: Partial<Omit<RelayClientOptions, "state">> & {
      readonly uid?: string;
      readonly identity?: AgentIdentity;
      readonly onDelivery?: AgentHandlers["onDelivery"];
      readonly state?: () => Partial<AgentState>;
    } = {},
  ): TestAgent {
    const { uid = "cluster-1", identity, onDelivery, state, ...rest } = options;
    const identities = new MemoryIdentities();
    identities.current = identity;
    const applied = new Map<string, string>();
    const deliveries: ReceivedDelivery[] = [];
    const codes: RelayErrorCode[] = [];
    const client = createRelayClient({
      identities,
      createKeyAndCsr,
      clock: this.clock,
      backoff: { baseMs: 5, capMs: 40 },
      handlers: {
        onWelcome: async () => void agent.welcomes++,
        onInventoryRequest: async () => void agent.inventoryRequests++,
        onDelivery: async (delivery) => {
          deliveries.push(delivery);
          for (const { id, hash } of delivery.bundles) applied.set(id, hash);
          for (const id of delivery.removed) applied.delete(id);
          return (await onDelivery?.(delivery)) ?? [];
        },
      },
      onPhase: (_phase, reason) => {
        if (reason) codes.push(reason);
      },
      ...rest,
      state: () => ({
        agentVersion: "0.1.0",
        clusterUid: uid,
        kubeVersion: "1.33.1",
        bundles: [...applied].map(([id, hash]) => ({ id, hash })),
        ...state?.(),
      }),
    });
    const agent: TestAgent = {
      client,
      identities,
      deliveries,
      codes,
      applied,
      inventoryRequests: 0,
      welcomes: 0,
    };
    this.#agents.push(client);
    client.start();
    return agent;
  }

  async close(): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.stop()));
    await this.server.close({ graceMs: 1000 });
  }
}
