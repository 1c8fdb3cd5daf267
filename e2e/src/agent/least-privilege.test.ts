import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sampleCluster } from "@heddle/kube-sim/samples";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HeddleProcesses } from "../spine/heddle-processes.ts";
import { renderChart } from "../testbed/helm.ts";
import {
  gatewayApiCrds,
  installCrds,
  istioCrds,
  linkerdCrds,
  startCluster,
  type TestCluster,
  testbedAvailability,
  waitUntil,
  writeKubeconfig,
} from "../testbed/index.ts";
import type { SupervisedProcess } from "../testbed/supervised-process.ts";

const { available } = await testbedAvailability();

const cases = [
  {
    mesh: "istio",
    version: "1.30.3",
    crds: istioCrds,
    written: [
      "virtualservices.networking.istio.io/reviews",
      "destinationrules.networking.istio.io/reviews",
      "authorizationpolicies.security.istio.io/allow-productpage.reviews",
    ],
    victim: "virtualservices.networking.istio.io/reviews",
  },
  {
    mesh: "linkerd",
    version: "edge-25.4.4",
    crds: async () => [...(await linkerdCrds()), ...(await gatewayApiCrds("standard"))],
    written: [
      "httproutes.gateway.networking.k8s.io/reviews",
      "services/reviews-subset-v1",
      "meshtlsauthentications.policy.linkerd.io/allow-productpage.reviews",
    ],
    victim: "httproutes.gateway.networking.k8s.io/reviews",
  },
] as const;

/** Agents that hold nothing but the token of the chart's service account, with the rights that the chart gives by default. */
describe.skipIf(!available)("an agent with the chart's rights only", () => {
  let heddle: HeddleProcesses;
  beforeAll(async () => {
    heddle = await HeddleProcesses.start();
  }, 900_000);
  afterAll(() => heddle?.[Symbol.asyncDispose]());

  describe.each(cases)("in a cluster with $mesh", ({ mesh, version, crds, written, victim }) => {
    let cluster: TestCluster;
    let agent: SupervisedProcess;
    let kubeconfig: string;
    const asAgent = "--as=system:serviceaccount:heddle:heddle-agent";
    const environment = {
      HEDDLE_IDENTITY_SECRET: "heddle-agent-identity",
      POD_NAMESPACE: "heddle",
    };
    const apply = (items: readonly object[]) =>
      cluster.kubectlOk(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    const exists = async (object: string) =>
      (await cluster.kubectl(["get", object, "-n", "shop", "-o", "name"])).code === 0;

    beforeAll(async () => {
      cluster = await startCluster({ name: mesh });
      await installCrds(cluster, await crds());
      await apply(sampleCluster({ mesh, version, crds: false, pods: false }));
      const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "heddle" } };
      const chart = await renderChart("heddle-agent", { namespace: "heddle", values: {} });
      await apply([namespace, ...chart]);
      await cluster.kubectlOk(["create", "secret", "generic", "other", "-n", "heddle", "--from-literal=a=b"]);
      const token = (await cluster.kubectlOk(["create", "token", "heddle-agent", "-n", "heddle"])).trim();
      kubeconfig = join(dirname(cluster.kubeconfigPath), "agent-kubeconfig");
      await writeFile(
        kubeconfig,
        writeKubeconfig({ name: mesh, url: cluster.url, caPem: cluster.caPem, token }),
      );
      agent = await heddle.startAgent(mesh, kubeconfig, environment);
    }, 900_000);
    afterAll(async () => {
      await heddle.run(["cluster", "remove", mesh]);
      await agent?.stop();
      await cluster?.close();
    });

    it("discovers the mesh, with the settings of its ConfigMap, and the services", async () => {
      await waitUntil("the mesh and four services", async () => {
        const meshes = (await heddle.ok(["get", "meshes", "--no-headers"])).stdout;
        const { stdout } = await heddle.ok(["get", "destinations", "-n", "shop", "--no-headers"]);
        return (
          meshes.includes(mesh) &&
          stdout.split("\n").filter((line) => line.startsWith(`${mesh} `)).length === 4
        );
      }).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${agent.log()}`);
      });
    });

    it("keeps its identity in the one Secret it may read, and comes back by it", async () => {
      const data = () =>
        cluster.kubectlOk([
          "get",
          "secret",
          "heddle-agent-identity",
          "-n",
          "heddle",
          "-o",
          "jsonpath={.data}",
        ]);
      await waitUntil("the Secret is filled", async () => (await data()).includes("identity.json"));
      const before = await data();
      await agent.stop();
      // As an upgrade of the chart would: what the agent wrote stays.
      await apply(await renderChart("heddle-agent", { namespace: "heddle", values: { logLevel: "debug" } }));
      expect(await data()).toBe(before);
      agent = heddle.runAgent(mesh, kubeconfig, environment);
      await waitUntil("connected without a token", () => agent.log().includes('"phase":"connected"'));
      expect(agent.log()).not.toContain("enrolling");
      expect(await data()).toBe(before);
    });

    it("applies what policies ask for", async () => {
      const { stdout } = await heddle.ok(["apply", "-f", "-", "--wait"], manifests);
      expect(stdout, agent.log()).toContain("canary");
      for (const object of written)
        await waitUntil(`${object} is there`, () => exists(object)).catch((error: unknown) => {
          throw new Error(`${String(error)}\n${agent.log()}`);
        });
      expect((await heddle.ok(["status"])).stdout).toMatch(new RegExp(`${mesh} +Ready`));
    });

    it("repairs what is deleted by hand", async () => {
      await cluster.kubectlOk(["delete", victim, "-n", "shop"]);
      await waitUntil("it is back", () => exists(victim));
    });

    it("prunes what a deleted policy brought", async () => {
      await heddle.ok(["delete", "tp", "canary"]);
      await heddle.ok(["delete", "ap", "allow-productpage"]);
      for (const object of written) await waitUntil(`${object} is gone`, async () => !(await exists(object)));
    });

    it("may do nothing beyond that", async () => {
      for (const namespace of ["heddle", "shop", "kube-system"]) {
        const list = await cluster.kubectlOk(["auth", "can-i", "--list", "-n", namespace, asAgent]);
        const lines = list.trim().split("\n").slice(1);
        expect(lines.length).toBeGreaterThan(10);
        // Lines with a path are for `/healthz` and the like, given to everyone.
        expect(lines.filter((line) => line.includes("*") && !/^ +\[\/[a-z/]*\*?\]/.test(line))).toEqual([]);
        expect(lines.filter((line) => line.startsWith("secrets")).map(columns)).toEqual(
          namespace === "heddle" ? [["secrets", "[]", "[heddle-agent-identity]", "[get patch]"]] : [],
        );
        expect(lines.filter((line) => line.startsWith("configmaps")).map(columns)).toEqual([
          ["configmaps", "[]", "[istio]", "[get]"],
          ["configmaps", "[]", "[linkerd-config]", "[get]"],
        ]);
      }
      for (const question of [
        ["get", "secret/other"],
        ["list", "secrets"],
        ["create", "secrets"],
        ["create", "pods"],
        ["create", "deployments.apps"],
        ["create", "clusterroles.rbac.authorization.k8s.io"],
        ["create", "mutatingwebhookconfigurations.admissionregistration.k8s.io"],
      ]) {
        const answer = await cluster.kubectl(["auth", "can-i", ...question, "-n", "heddle", asAgent]);
        expect(answer.stdout.trim(), question.join(" ")).toBe("no");
      }
    });
  });
});

/** A line of `kubectl auth can-i --list`. */
function columns(line: string): string[] {
  return line.split(/ {2,}/).map((column) => column.trim());
}

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
`;
