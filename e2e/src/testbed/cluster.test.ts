import { access } from "node:fs/promises";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testbedAvailability } from "./binaries.ts";
import { startCluster, type TestCluster } from "./cluster.ts";
import { gatewayApiCrds, installCrds, istioCrds, linkerdCrds } from "./crds.ts";

const { available } = await testbedAvailability();

describe.skipIf(!available)("the testbed's cluster", () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster({ name: "self" });
  });
  afterAll(() => cluster?.close());

  it("is the version that was asked for", async () => {
    const version = JSON.parse(await cluster.kubectlOk(["version", "-o", "json"]));
    expect(version.serverVersion.gitVersion).toBe("v1.36.3");
  });

  it("keeps its data over a restart of the API server, at the same address", async () => {
    await cluster.kubectlOk(["create", "configmap", "kept", "--from-literal=a=1"]);
    await cluster.stopApiServer();
    expect((await cluster.kubectl(["get", "configmap", "kept", "--request-timeout=2s"])).code).not.toBe(0);
    await cluster.startApiServer();
    expect(await cluster.kubectlOk(["get", "configmap", "kept", "-o", "jsonpath={.data.a}"])).toBe("1");
  });

  it("gives tokens of service accounts that RBAC holds to what they may", async () => {
    const token = await cluster.createServiceAccountToken("default", "nobody");
    const denied = await cluster.kubectl(["--token", token, "get", "secrets"]);
    expect(denied.stdout + denied.stderr).toContain("default");
    const who = await cluster.kubectlOk([
      "auth",
      "whoami",
      "-o",
      "json",
      `--as=system:serviceaccount:default:nobody`,
    ]);
    expect(JSON.parse(who).status.userInfo.username).toBe("system:serviceaccount:default:nobody");
    const may = await cluster.kubectl([
      "auth",
      "can-i",
      "get",
      "secrets",
      "--as=system:serviceaccount:default:nobody",
    ]);
    expect(may.stdout.trim()).toBe("no");
  });

  it("serves the CRDs of Istio, Linkerd and Gateway API, and validates by them", async () => {
    const crds = [
      ...(await istioCrds()),
      ...(await linkerdCrds()),
      ...(await gatewayApiCrds("experimental")),
    ];
    await installCrds(cluster, crds);
    const apply = (object: object) => cluster.kubectl(["apply", "-f", "-"], JSON.stringify(object));
    const server = (spec: object) => ({
      apiVersion: "policy.linkerd.io/v1beta3",
      kind: "Server",
      metadata: { name: "web", namespace: "default" },
      spec,
    });
    expect((await apply(server({ podSelector: { matchLabels: { app: "web" } }, port: 80 }))).code).toBe(0);
    expect(
      (await apply(server({ podSelector: {}, externalWorkloadSelector: {}, port: 80 }))).stderr,
    ).toContain("must validate one and only one schema");
    const destination = (host: object) => ({
      apiVersion: "networking.istio.io/v1",
      kind: "DestinationRule",
      metadata: { name: "web", namespace: "default" },
      spec: host,
    });
    expect((await apply(destination({ host: "web" }))).code).toBe(0);
    expect((await apply(destination({}))).stderr).toContain("host");
  });
});

it.skipIf(!available)("closing a cluster leaves nothing behind", async () => {
  const cluster = await startCluster({ name: "gone" });
  await cluster.close();
  await expect(fetch(cluster.url)).rejects.toThrow();
  await expect(access(dirname(cluster.kubeconfigPath))).rejects.toThrow();
});
