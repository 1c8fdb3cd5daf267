import { sampleCluster } from "@heddle/kube-sim/samples";
import { afterAll, beforeAll, expect, it } from "vitest";
import { waitUntil } from "../testbed/wait-until.ts";
import { AgentWorld, configMap } from "./agent-world.ts";

/** No part of it may leave the cluster, nor reach a log. */
const canary = "canary-3b1f";
const hidden = (name: string) => `${canary}-${name}`;

/** Wherever people put secrets: all of it is in view of an agent that may read everything. */
const planted = [
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "database", namespace: "shop", annotations: { note: hidden("secret-annotation") } },
    stringData: { password: hidden("secret") },
  },
  configMap("settings", hidden("configmap")),
  {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "vault", annotations: { "example.com/key": hidden("namespace-annotation") } },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: "payments",
      namespace: "shop",
      annotations: {
        "service.example.com/credential": hidden("service-annotation"),
        "kubectl.kubernetes.io/last-applied-configuration": hidden("last-applied"),
      },
    },
    spec: { selector: { app: "payments" }, ports: [{ port: 80 }] },
  },
  workload("shop", "payments", {}, "registry.example/payments:1"),
  // What is kept of control planes is more than of other workloads.
  workload(
    "istio-canary",
    "istiod-canary",
    { app: "istiod", "istio.io/rev": "canary" },
    "istio/pilot:1.31.0",
  ),
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "istio-canary", namespace: "istio-canary" },
    data: {
      mesh: `trustDomain: example.org\ndefaultConfig: {apiToken: ${hidden("mesh-config")}}\n`,
      other: hidden("other"),
    },
  },
  {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "alone", namespace: "shop", annotations: { token: hidden("pod-annotation") } },
    spec: container("registry.example/alone:1", "pod"),
    status: { phase: "Running", message: hidden("pod-status") },
  },
];

function container(image: string, where: string): Record<string, object[]> {
  const env = ["DB_PASSWORD", "API_TOKEN", "AWS_SECRET_ACCESS_KEY", "CA_KEY", "HARMLESS"].map((name) => ({
    name,
    value: hidden(`${where}-env-${name}`),
  }));
  return { containers: [{ name: "app", image, env, args: [`--password=${hidden(`${where}-args`)}`] }] };
}

function workload(namespace: string, name: string, labels: Record<string, string>, image: string) {
  const selector = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels, annotations: { secret: hidden(`${name}-annotation`) } },
    spec: {
      selector: { matchLabels: selector },
      template: {
        metadata: {
          labels: selector,
          annotations: { "vault.example.com/token": hidden(`${name}-template`) },
        },
        spec: container(image, name),
      },
    },
  };
}

let world: AgentWorld;
beforeAll(async () => {
  world = await AgentWorld.start();
  const plain: Parameters<AgentWorld["sim"]["seed"]>[0] = JSON.parse(
    JSON.stringify([
      ...sampleCluster({ mesh: "istio", version: "1.30.3", crds: true, pods: true }),
      ...planted,
    ]),
  );
  world.sim.seed(plain);
});
afterAll(() => world?.[Symbol.asyncDispose]());

it("tells nothing secret: not in the inventory, not in status, not in its log", async () => {
  const reads = world.count({ resource: "secrets" });
  const agent = world.runAgent({ LOG_LEVEL: "debug" });
  await waitUntil(
    "both meshes are told",
    () => world.facts.has("Mesh//istio-canary.canary") && world.facts.has("Mesh//istio-system"),
  );
  expect(world.facts.get("Mesh//istio-canary.canary")).toMatchObject({ trustDomain: "example.org" });
  expect(world.facts.has("Workload/shop/Pod.alone")).toBe(true);
  expect(world.facts.has("Destination/shop/payments")).toBe(true);
  // A refusal, a drift and a conflict: what messages are made of.
  await world.deliver([
    { id: "a", hash: "h1", objects: [configMap("settings", "x"), configMap("ours", "1")] },
    { id: "b", hash: "h1", objects: [{ ...configMap("broken", "x"), data: { value: 7 } }] },
  ]);
  await world.report("a", ({ problems }) => problems.length > 0);
  await world.report("b", ({ problems }) => problems.length > 0);
  await world.edit("ours", hidden("edited"));
  await waitUntil("repaired", () => world.value("ours") === "1");
  await waitUntil("the drift is in the log", () => agent.log().includes("changed by somebody else"));
  expect(world.said.join("\n")).not.toContain(canary);
  expect(agent.log()).not.toContain(canary);
  expect(agent.log().length).toBeGreaterThan(500);
  // Only its own: read before it enrols, written afterwards.
  expect(reads.struck).toBeLessThanOrEqual(6);
});
