import { randomUUID } from "node:crypto";
import type { BundleReport, Fact } from "@heddle/api";
import {
  type AgentHandlers,
  type AgentIdentity,
  createRelayClient,
  type ReceivedDelivery,
  type RelayClient,
  type RelayErrorCode,
} from "@heddle/relay";
import { createKeyAndCsr } from "@heddle/trust";
import type { TestServer } from "./test-server.ts";

/** The real end of the stream with nothing behind it: bundles count as applied when they arrive. */
export interface TestAgent {
  readonly client: RelayClient;
  readonly deliveries: ReceivedDelivery[];
  /** Bundle ids with their hashes. */
  readonly held: Map<string, string>;
  /** Why it is or was not connected. */
  readonly refusals: RelayErrorCode[];
  report(reports: readonly BundleReport[]): Promise<void>;
  /** Reports all that it holds as applied. */
  reportHeld(): Promise<void>;
  tell(facts: readonly Fact[]): Promise<void>;
  /** Ends its stream and comes back with what it holds. */
  reconnect(): Promise<void>;
  stop(): Promise<void>;
}

/** Where clusters can be registered. */
interface ApiHolder {
  readonly api: Pick<TestServer["api"], "data">;
}

export interface TestAgentOptions {
  readonly cluster: string;
  /** Where the server is if not as the token says. */
  readonly address?: string;
  readonly onDelivery?: AgentHandlers["onDelivery"];
  /** Tens of milliseconds unless given; `product` is as agents have it. */
  readonly backoff?: "product";
  /** Another agent's, or one that a test made; one of its own unless given. */
  readonly token?: string;
  /** What identifies the Kubernetes cluster that it is in; one of its own unless given. */
  readonly uid?: string;
  /** What an agent before it left in the cluster. */
  readonly held?: Iterable<readonly [id: string, hash: string]>;
}

/** Describes the cluster, and makes a token for its agent. */
export async function registered(server: ApiHolder, name: string): Promise<string> {
  const { registerCluster } = await server.api.data<{ registerCluster: { token: string } }>(
    "mutation($name: String!) { registerCluster(name: $name) { token } }",
    { name },
  );
  return registerCluster.token;
}

/** Registers the cluster and connects its agent. */
export async function startTestAgent(server: ApiHolder, options: TestAgentOptions): Promise<TestAgent> {
  const { cluster, address, onDelivery } = options;
  const token = options.token ?? (await registered(server, cluster));
  let identity: AgentIdentity | undefined;
  const uid = options.uid ?? randomUUID();
  const held = new Map<string, string>(options.held);
  const revisions = new Map<string, number>();
  const deliveries: ReceivedDelivery[] = [];
  const refusals: RelayErrorCode[] = [];
  let sequence = 0;
  const connect = () =>
    createRelayClient({
      token,
      ...(address !== undefined && { address }),
      identities: {
        load: async () => identity,
        save: async (next) => {
          identity = next;
        },
      },
      createKeyAndCsr,
      ...(options.backoff !== "product" && { backoff: { baseMs: 10, capMs: 100 } }),
      onPhase: (_phase, reason) => {
        if (reason) refusals.push(reason);
      },
      state: () => ({
        agentVersion: "0.1.0",
        clusterUid: uid,
        kubeVersion: "1.33.1",
        bundles: [...held].map(([id, hash]) => ({ id, hash })),
      }),
      handlers: {
        onWelcome: async () => undefined,
        onInventoryRequest: async () => undefined,
        async onDelivery(delivery) {
          deliveries.push(delivery);
          for (const { id, hash } of delivery.bundles) {
            held.set(id, hash);
            revisions.set(id, delivery.revision);
          }
          for (const id of delivery.removed) held.delete(id);
          return (await onDelivery?.(delivery)) ?? [];
        },
      },
    });
  let client = connect();
  client.start();
  return {
    get client() {
      return client;
    },
    async reconnect() {
      await client.stop();
      client = connect();
      client.start();
    },
    deliveries,
    held,
    refusals,
    report: (reports) => client.sendStatus(reports),
    reportHeld: () =>
      client.sendStatus(
        [...held].map(([bundle, hash]) => ({
          bundle,
          hash,
          revision: revisions.get(bundle) ?? 0,
          objects: 1,
          problems: [],
        })),
      ),
    async tell(facts) {
      await client.sendInventory({ sequence: ++sequence, full: true, upserts: [...facts], deletes: [] });
    },
    stop: () => client.stop(),
  };
}
