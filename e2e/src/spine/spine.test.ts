import { sampleCluster } from "@heddle/kube-sim/samples";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  gatewayApiCrds,
  installCrds,
  istioCrds,
  linkerdCrds,
  startCluster,
  type TestCluster,
  testbedAvailability,
  waitUntil,
} from "../testbed/index.ts";
import type { SupervisedProcess } from "../testbed/supervised-process.ts";
import { HeddleProcesses } from "./heddle-processes.ts";

const { available } = await testbedAvailability();

/** One server, three agents, three real API servers: two with Istio's CRDs, one with Linkerd's. Everything through the command line. */
describe.skipIf(!available)("the spine", () => {
  let heddle: HeddleProcesses;
  const clusters = new Map<string, TestCluster>();
  const agents = new Map<string, SupervisedProcess>();
  const cluster = (name: string): TestCluster => {
    const found = clusters.get(name);
    if (found === undefined) throw new Error(`no cluster ${name}`);
    return found;
  };
  const names = ["east", "west", "north"];

  beforeAll(async () => {
    heddle = await HeddleProcesses.start();
    await Promise.all(
      names.map(async (name) => {
        const started = await startCluster({ name });
        clusters.set(name, started);
        const mesh = name === "north" ? "linkerd" : "istio";
        await installCrds(
          started,
          mesh === "istio"
            ? await istioCrds()
            : [...(await linkerdCrds()), ...(await gatewayApiCrds("standard"))],
        );
        const objects = sampleCluster({
          mesh,
          version: mesh === "istio" ? "1.30.3" : "edge-25.4.4",
          crds: false,
          pods: false,
        });
        await started.kubectlOk(
          ["apply", "-f", "-"],
          JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }),
        );
      }),
    );
    for (const name of names) agents.set(name, await heddle.startAgent(name, cluster(name).kubeconfigPath));
    await waitUntil(
      "three clusters with their meshes and services",
      async () => {
        const { stdout } = await heddle.ok(["get", "destinations", "-n", "shop", "--no-headers"]);
        const meshes = (await heddle.ok(["get", "meshes", "--no-headers"])).stdout.trim().split("\n");
        return stdout.trim().split("\n").length === 12 && meshes.length === 3;
      },
      { timeoutMs: 60_000 },
    ).catch((error: unknown) => {
      throw new Error(
        `${String(error)}\n${[...agents].map(([name, agent]) => `${name}: ${agent.log()}`).join("\n")}\n${heddle.serverLog()}`,
      );
    });
  }, 900_000);

  afterAll(async () => {
    await heddle?.[Symbol.asyncDispose]();
    await Promise.all([...clusters.values()].map((started) => started.close()));
  });

  const get = async (
    name: string,
    kind: string,
    object: string,
  ): Promise<{ spec: Record<string, unknown>; metadata: { labels: Record<string, string> } }> =>
    JSON.parse(await cluster(name).kubectlOk(["get", kind, object, "-n", "shop", "-o", "json"]));
  const list = async (name: string, kinds: string): Promise<string[]> =>
    (await cluster(name).kubectlOk(["get", kinds, "-A", "-o", "name"]))
      .split("\n")
      .filter((line) => line !== "")
      .sort();

  it("discovers the meshes with their versions", async () => {
    const { stdout } = await heddle.ok(["get", "meshes"]);
    expect(stdout).toMatch(/east +istio-system +istio +1\.30\.3/);
    expect(stdout).toMatch(/north +linkerd +linkerd +2\.18\.0/);
  });

  it("brings a canary, an access policy and strict mTLS to every cluster, in each mesh's own words", async () => {
    const applied = await heddle.ok(["apply", "-f", "-", "--wait"], manifests);
    expect(applied.stdout).toContain("trafficpolicy/canary created");
    expect(applied.stdout).toContain("trafficpolicy/canary: programmed in 3 of 3 clusters");
    for (const name of ["east", "west"]) {
      const virtualService = await get(name, "virtualservice", "reviews");
      expect(virtualService.spec).toMatchObject({
        hosts: ["reviews.shop.svc.cluster.local"],
        http: [
          {
            route: [
              { destination: { host: "reviews.shop.svc.cluster.local", subset: "v1" }, weight: 90 },
              { destination: { host: "reviews.shop.svc.cluster.local", subset: "v2" }, weight: 10 },
            ],
          },
        ],
      });
      expect(virtualService.metadata.labels).toMatchObject({ "app.kubernetes.io/managed-by": "heddle" });
      expect((await get(name, "destinationrule", "reviews")).spec).toMatchObject({
        subsets: [
          { name: "v1", labels: { version: "v1" } },
          { name: "v2", labels: { version: "v2" } },
        ],
      });
      expect(
        (await get(name, "authorizationpolicy.security.istio.io", "allow-productpage.reviews")).spec,
      ).toMatchObject({
        action: "ALLOW",
        selector: { matchLabels: { app: "reviews" } },
        rules: [{ from: [{ source: { principals: ["cluster.local/ns/shop/sa/productpage"] } }] }],
      });
      expect(await list(name, "peerauthentications.security.istio.io")).toEqual([
        "peerauthentication.security.istio.io/default",
      ]);
    }
    expect((await get("north", "httproute", "reviews")).spec).toMatchObject({
      rules: [
        {
          backendRefs: [
            { name: "reviews-subset-v1", weight: 90 },
            { name: "reviews-subset-v2", weight: 10 },
          ],
        },
      ],
    });
    expect((await get("north", "service", "reviews-subset-v2")).spec).toMatchObject({
      selector: { app: "reviews", version: "v2" },
    });
    expect((await get("north", "meshtlsauthentication", "allow-productpage.reviews")).spec).toMatchObject({
      identities: ["productpage.shop.serviceaccount.identity.linkerd.cluster.local"],
    });
  });

  it("says so in status", async () => {
    const { stdout } = await heddle.ok(["status"]);
    for (const name of names) expect(stdout).toMatch(new RegExp(`${name} +Ready`));
  });

  it("applies the same again without a change", async () => {
    const { stdout } = await heddle.ok(["apply", "-f", "-"], manifests);
    expect(stdout).toContain("trafficpolicy/canary unchanged");
    expect(stdout).not.toContain("configured");
  });

  it("writes nothing when one document of many is wrong, and lists every error", async () => {
    const outcome = await heddle.run(["apply", "-f", "-"], `${manifests}---\n${broken}`);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain("ZERO_WEIGHT");
    expect(outcome.stderr).toMatch(/<stdin>:\d+:\d+ /);
    expect((await heddle.ok(["get", "tp", "-o", "name"])).stdout).toBe("trafficpolicy/canary\n");
  });

  it("moves only what changed, and repairs what somebody changes by hand", async () => {
    await heddle.ok(
      ["apply", "-f", "-", "--wait"],
      manifests.replace("weight: 90", "weight: 50").replace("weight: 10", "weight: 50"),
    );
    expect((await get("east", "virtualservice", "reviews")).spec).toMatchObject({
      http: [{ route: [{ weight: 50 }, { weight: 50 }] }],
    });
    await cluster("east").kubectlOk([
      "patch",
      "virtualservice",
      "reviews",
      "-n",
      "shop",
      "--type=json",
      "-p",
      '[{"op":"replace","path":"/spec/http/0/route/0/weight","value":7}]',
    ]);
    await cluster("west").kubectlOk(["delete", "virtualservice", "reviews", "-n", "shop"]);
    await waitUntil("both are as they should be again", async () => {
      const [east, west] = await Promise.all([
        get("east", "virtualservice", "reviews"),
        get("west", "virtualservice", "reviews"),
      ]);
      return [east, west].every(({ spec }) => JSON.stringify(spec).includes('"weight":50'));
    });
  });

  it("leaves a VirtualService of a user alone and names it", async () => {
    const owned = {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "ratings", namespace: "shop" },
      spec: { hosts: ["ratings"], http: [{ route: [{ destination: { host: "ratings" } }] }] },
    };
    await cluster("east").kubectlOk(["apply", "-f", "-"], JSON.stringify(owned));
    await heddle.ok(["apply", "-f", "-", "--wait"], ratings);
    expect((await get("east", "virtualservice", "ratings")).spec).toEqual(owned.spec);
    expect((await get("west", "virtualservice", "ratings")).spec).toMatchObject({
      http: [{ timeout: "2s" }],
    });
    const { stdout } = await heddle.ok(["status"]);
    expect(stdout).toMatch(/east +Degraded/);
    expect(stdout).toContain("VirtualService shop/ratings");
    expect(stdout).toContain("NotOwned");
    expect(stdout).toContain("kubectl-client-side-apply");
  });

  it("goes on with the agents while the server is gone, and loses nothing", async () => {
    await heddle.stopServer();
    await cluster("east").kubectlOk(["delete", "destinationrule", "reviews", "-n", "shop"]);
    await waitUntil(
      "the agent repairs without a server",
      async () => (await list("east", "destinationrules.networking.istio.io")).length > 0,
    );
    await heddle.startServer();
  });

  it("prunes exactly what a deleted resource brought", async () => {
    const before = await list("east", "virtualservices.networking.istio.io");
    expect(before).toHaveLength(2);
    const deleted = await heddle.ok(["delete", "tp", "--all"]);
    expect(deleted.stdout).toContain("trafficpolicy/canary deleted");
    await waitUntil(
      "the traffic objects are gone",
      async () =>
        (await list("west", "virtualservices.networking.istio.io,destinationrules.networking.istio.io"))
          .length === 0,
    );
    await waitUntil(
      "those of the user stay",
      async () => (await list("east", "virtualservices.networking.istio.io")).length === 1,
    );
    expect(await list("east", "virtualservices.networking.istio.io")).toEqual([
      "virtualservice.networking.istio.io/ratings",
    ]);
    await waitUntil(
      "Linkerd's are gone, too",
      async () => (await list("north", "httproutes.gateway.networking.k8s.io")).length === 0,
    );
    expect(await list("north", "services")).not.toContain("service/reviews-subset-v1");
    expect(await list("east", "authorizationpolicies.security.istio.io")).toEqual([
      "authorizationpolicy.security.istio.io/allow-productpage.reviews",
    ]);
    const missing = await heddle.run(["delete", "tp", "canary"]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("is not there");
  });

  it("forgets a removed cluster and refuses its agent", async () => {
    await heddle.ok(["cluster", "remove", "north"]);
    expect((await heddle.ok(["cluster", "list"])).stdout).not.toContain("north");
    await waitUntil(
      "the agent is told",
      () =>
        agents.get("north")?.log().includes("RELAY_REVOKED") ||
        agents.get("north")?.log().includes("RELAY_CLUSTER_UNKNOWN"),
    );
    expect(await list("north", "servers.policy.linkerd.io")).not.toEqual([]);
  });
});

const manifests = `
apiVersion: heddle.io/v1alpha1
kind: TrafficPolicy
metadata: {name: canary}
spec:
  targets: [{name: reviews, namespace: shop}]
  rules: [{split: [{version: v1, weight: 90}, {version: v2, weight: 10}]}]
---
apiVersion: heddle.io/v1alpha1
kind: AccessPolicy
metadata: {name: allow-productpage}
spec:
  action: ALLOW
  targets: [{name: reviews, namespace: shop}]
  from: [{serviceAccounts: [shop/productpage]}]
---
apiVersion: heddle.io/v1alpha1
kind: AuthenticationPolicy
metadata: {name: strict}
spec:
  targets: [{kind: Mesh}]
  mtls: {mode: STRICT}
`;

const broken = `
apiVersion: heddle.io/v1alpha1
kind: TrafficPolicy
metadata: {name: broken}
spec:
  targets: [{name: reviews, namespace: shop}]
  rules: [{split: [{version: v1, weight: 0}]}]
`;

const ratings = `
apiVersion: heddle.io/v1alpha1
kind: TrafficPolicy
metadata: {name: ratings}
spec:
  targets: [{name: ratings, namespace: shop}]
  defaults: {timeout: {request: 2s}}
`;
