import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ContractClient } from "./contract/contract-client.ts";
import {
  configMap,
  deployment,
  loomDefinition,
  must,
  namesOf,
  versionOf,
} from "./contract/contract-world.ts";
import { at, type JsonObject } from "./json/json.ts";
import { type KubeSim, type KubeSimOptions, manifestObjects, startKubeSim } from "./start-kube-sim.ts";

const maps = "/api/v1/namespaces/default/configmaps";

describe("startKubeSim", () => {
  const open: { close(): void | Promise<void> }[] = [];
  async function start(options?: KubeSimOptions): Promise<{ sim: KubeSim; client: ContractClient }> {
    const sim = await startKubeSim(options);
    const client = new ContractClient(sim);
    open.push(client, sim);
    return { sim, client };
  }
  afterEach(async () => {
    for (const item of open.splice(0)) await item.close();
  });

  it("is itself: several in one process share nothing", async () => {
    const [one, two] = await Promise.all([start(), start()]);
    await must(one.client.post(maps, configMap("x", {})));
    expect((await two.client.get(`${maps}/x`)).code).toBe(404);
    const uid = async (client: ContractClient) =>
      at((await client.get("/api/v1/namespaces/kube-system")).body, "metadata", "uid");
    expect(await uid(one.client)).not.toBe(await uid(two.client));
  });

  it("seeds plain objects with status, custom kinds after their definition, and missing namespaces", async () => {
    const pod: JsonObject = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p", namespace: "shop" },
      spec: { containers: [{ name: "a", image: "a" }] },
      status: { phase: "Running", podIP: "10.0.0.1" },
    };
    const group = "seed.heddle.test";
    const loom = { apiVersion: `${group}/v1`, kind: "Loom", metadata: { name: "l" }, spec: { a: 1 } };
    const { sim, client } = await start({ objects: [loomDefinition(group), loom, pod] });
    const { body } = await client.get("/api/v1/namespaces/shop/pods/p");
    expect(body["status"]).toMatchObject({ phase: "Running", podIP: "10.0.0.1" });
    expect(sim.objects(`${group}/v1`, "Loom")).toMatchObject([
      { metadata: { name: "l", namespace: "default" } },
    ]);
    sim.seed([{ ...pod, status: { phase: "Failed" } }]);
    expect(at(sim.objects("v1", "Pod")[0], "status", "phase")).toBe("Failed");
    expect(sim.objects("v1", "Pod")).toHaveLength(1);
  });

  it("refuses to seed what the server would refuse", async () => {
    const { sim } = await start();
    expect(() =>
      sim.seed([{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "Not_A_Name" } }]),
    ).toThrow("a lowercase RFC 1123 subdomain");
    expect(() => sim.seed([{ apiVersion: "nobody/v1", kind: "Nothing", metadata: { name: "x" } }])).toThrow();
  });

  it("opens lists and skips empty documents of a manifest", () => {
    const list = { apiVersion: "v1", kind: "List", items: [{ kind: "A" }, { kind: "B" }] };
    expect(manifestObjects([null, list, { kind: "C" }])).toEqual([
      { kind: "A" },
      { kind: "B" },
      { kind: "C" },
    ]);
  });

  it("writes kubeconfigs for the admin and for others, whose rights it checks", async () => {
    const { sim, client } = await start({ tokens: { secret: { user: "bob", groups: ["weavers"] } } });
    const config = parse(sim.kubeconfig("bob"));
    expect(at(config.users[0], "user", "token")).toBe("secret");
    const get = (token: string) => client.send("GET", maps, { token });
    expect((await get("secret")).code).toBe(403);
    sim.seed([
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name: "weavers" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "weavers" }],
      },
    ]);
    expect((await get("secret")).code).toBe(200);
    const admin = parse(sim.kubeconfig());
    expect(admin.clusters[0].cluster.server).toBe(sim.url);
    expect((await get(parse(sim.kubeconfig("new")).users[0].user.token)).code).toBe(403);
  });

  it("forgets changes outside its window: watches and pages from before get 410", async () => {
    const { client } = await start({ watchWindow: 10 });
    for (const name of ["a", "b", "c"]) await must(client.post(maps, configMap(name, {})));
    const { body: page } = await client.get(maps, { limit: "1" });
    for (let index = 0; index < 30; index++) {
      await must(client.patch(`${maps}/a`, "merge", { data: { index: String(index) } }));
    }
    const token = String(at(page, "metadata", "continue"));
    const stale = await client.get(maps, { limit: "1", continue: token });
    expect([stale.code, stale.body["reason"]]).toEqual([410, "Expired"]);
    const watch = await client.watch(maps, { resourceVersion: versionOf(page) });
    expect(await watch.next()).toMatchObject({ type: "ERROR", object: { code: 410 } });
    expect(namesOf((await client.get(maps)).body)).toEqual(["a", "b", "c"]);
  });

  it("answers through its own certificate authority only", async () => {
    const [one, two] = await Promise.all([start(), start()]);
    const stranger = new ContractClient({ ...two.sim, url: two.sim.url, caPem: one.sim.caPem });
    open.push(stranger);
    await expect(stranger.get("/version")).rejects.toThrow(/certificate|signature/);
  });

  it("leaves dependents of the same name in another kind alone", async () => {
    const { sim, client } = await start();
    const { body: owner } = await must(client.post(maps, configMap("owner", {})));
    const uid = at(owner, "metadata", "uid") ?? "";
    const reference = [{ apiVersion: "v1", kind: "ConfigMap", name: "owner", uid }];
    const owned = deployment("owned", "a:1");
    owned["metadata"] = { name: "owned", ownerReferences: reference };
    await must(client.post("/apis/apps/v1/namespaces/default/deployments", owned));
    await must(client.post("/apis/apps/v1/namespaces/default/deployments", deployment("owner", "a:1")));
    const watch = await client.watch("/apis/apps/v1/deployments", { fieldSelector: "metadata.name=owned" });
    await must(client.delete(`${maps}/owner`));
    const events = await watch.take(2);
    expect(events.map((event) => event.type)).toEqual(["ADDED", "DELETED"]);
    expect(sim.objects("apps/v1", "Deployment").map((object) => object.metadata["name"])).toEqual(["owner"]);
  });
});
