import { randomUUID } from "node:crypto";
import type { Fact } from "@heddle/api";
import { type AgentIdentity, createRelayClient } from "@heddle/relay";
import { createKeyAndCsr } from "@heddle/trust";

const facts: readonly Fact[] = [
  {
    kind: "Mesh",
    name: "istio-system",
    dialect: "istio",
    version: "1.30.3",
    namespace: "istio-system",
    trustDomain: "cluster.local",
    clusterDomain: "cluster.local",
    apis: ["networking.istio.io/v1", "security.istio.io/v1"],
    settings: {},
  },
  {
    kind: "Destination",
    namespace: "shop",
    name: "reviews",
    labels: { app: "reviews" },
    selector: { app: "reviews" },
    ports: [{ name: "http", port: 9080, targetPort: 9080, protocol: "TCP" }],
    headless: false,
  },
  ...["v1", "v2"].map(
    (version): Fact => ({
      kind: "Workload",
      workloadKind: "Deployment",
      namespace: "shop",
      name: `reviews-${version}`,
      labels: { app: "reviews", version },
      serviceAccount: "reviews",
      mesh: "istio-system",
      ports: [{ port: 9080 }],
      pods: { total: 1, ready: 1, meshed: 1 },
    }),
  ),
];

/** An agent that enrols, tells of a mesh and a service, and never says what became of a delivery. */
export async function startSilentAgent(token: string): Promise<{ stop(): Promise<void> }> {
  let identity: AgentIdentity | undefined;
  const clusterUid = randomUUID();
  const welcome = Promise.withResolvers<void>();
  const client = createRelayClient({
    token,
    createKeyAndCsr,
    identities: {
      load: async () => identity,
      save: async (next) => {
        identity = next;
      },
    },
    state: () => ({ agentVersion: "0.1.0", clusterUid, kubeVersion: "1.33.1", bundles: [] }),
    onPhase: (phase) => {
      if (phase === "connected") welcome.resolve();
    },
    handlers: {
      onWelcome: async () => undefined,
      onInventoryRequest: async () => undefined,
      onDelivery: async () => [],
    },
  });
  client.start();
  await welcome.promise;
  await client.sendInventory({ sequence: 1, full: true, upserts: facts, deletes: [] });
  return { stop: () => client.stop() };
}
