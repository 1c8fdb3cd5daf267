import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ContractClient } from "./contract/contract-client.ts";
import { configMap, must } from "./contract/contract-world.ts";
import { type KubeSim, startKubeSim } from "./start-kube-sim.ts";

const maps = "/api/v1/namespaces/default/configmaps";

describe("injected faults", () => {
  let sim: KubeSim;
  let client: ContractClient;
  beforeEach(async () => {
    sim = await startKubeSim({ tokens: { other: { user: "other", groups: ["system:masters"] } } });
    client = new ContractClient(sim);
  });
  afterEach(async () => {
    client.close();
    await sim.close();
  });

  it("refuses matching requests as often as asked, and says so in Status and header", async () => {
    const fault = sim.faults.add({
      match: { verb: "list", resource: "configmaps", user: "admin" },
      times: 2,
      respond: { status: 429, reason: "TooManyRequests", retryAfter: 7 },
    });
    for (const _time of [1, 2]) {
      const { code, headers, body } = await client.get(maps);
      expect([code, headers["retry-after"]]).toEqual([429, "7"]);
      expect(body).toMatchObject({ reason: "TooManyRequests", details: { retryAfterSeconds: 7 } });
    }
    expect((await client.get(maps)).code).toBe(200);
    expect(fault.struck).toBe(2);
  });

  it("leaves other verbs, resources, names and users alone, and ends when removed", async () => {
    const fault = sim.faults.add({
      match: { verb: "get", resource: "configmaps", name: "x", user: "admin" },
      respond: { status: 500, reason: "InternalError" },
    });
    expect((await client.get(`${maps}/x`)).code).toBe(500);
    expect((await client.get(`${maps}/y`)).code).toBe(404);
    expect((await client.get("/api/v1/namespaces/default/secrets/x")).code).toBe(404);
    expect((await client.post(maps, configMap("z", {}))).code).toBe(201);
    expect((await client.send("GET", `${maps}/x`, { token: "other" })).code).toBe(404);
    fault.remove();
    expect((await client.get(`${maps}/x`)).code).toBe(404);
  });

  it("resets connections", async () => {
    sim.faults.add({ match: { verb: "get" }, times: 1, respond: "reset" });
    await expect(client.get(`${maps}/x`)).rejects.toThrow();
    expect((await client.get(`${maps}/x`)).code).toBe(404);
  });

  it("delays an answer, and never gives one", async () => {
    sim.faults.add({ match: { verb: "get", name: "slow" }, respond: { delayMs: 30 } });
    sim.faults.add({ match: { verb: "get", name: "never" }, respond: "hang" });
    const order: string[] = [];
    const never = client.get(`${maps}/never`).then(
      () => order.push("answered"),
      () => order.push("ended"),
    );
    const slow = client.get(`${maps}/slow`).then(() => order.push("slow"));
    await client.get(`${maps}/quick`).then(() => order.push("quick"));
    await slow;
    expect(order).toEqual(["quick", "slow"]);
    client.close();
    await never;
    expect(order).toEqual(["quick", "slow", "ended"]);
  });

  it("drops the watches that run", async () => {
    const watch = await client.watch(maps);
    const next = watch.next();
    sim.faults.add({ match: { verb: "watch", resource: "configmaps" }, times: 1, watch: "drop" });
    await expect(next).rejects.toThrow();
    const again = await client.watch(maps);
    await must(client.post(maps, configMap("x", {})));
    expect((await again.next())?.type).toBe("ADDED");
  });

  it("ends a watch that starts later with 410", async () => {
    sim.faults.add({ match: { resource: "configmaps" }, times: 1, watch: "gone" });
    const watch = await client.watch(maps);
    expect(await watch.next()).toMatchObject({ type: "ERROR", object: { code: 410, reason: "Expired" } });
    expect(await watch.next()).toBeUndefined();
  });

  it("silences a watch without ending it", async () => {
    const silent = await client.watch(maps);
    sim.faults.add({ watch: "hang", times: 1 });
    const spoken = await client.watch(maps);
    let told = false;
    silent.next().then(
      () => {
        told = true;
      },
      () => undefined,
    );
    await must(client.post(maps, configMap("x", {})));
    expect((await spoken.next())?.type).toBe("ADDED");
    expect(told).toBe(false);
  });

  it("refuses connections while it is paused, and is the same server afterwards", async () => {
    await must(client.post(maps, configMap("kept", {})));
    await sim.pause();
    await expect(client.get(maps)).rejects.toThrow();
    await sim.resume();
    expect((await client.get(`${maps}/kept`)).code).toBe(200);
  });

  it("keeps requests and events waiting while it hangs", async () => {
    const watch = await client.watch(maps);
    await sim.pause("hang");
    let answered = false;
    const made = client.post(maps, configMap("late", {})).then((reply) => {
      answered = true;
      return reply.code;
    });
    sim.seed([{ ...configMap("seeded", {}), metadata: { name: "seeded", namespace: "default" } }]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    await sim.resume();
    expect(await made).toBe(201);
    const events = await watch.take(2);
    expect(events.map((event) => event.type)).toEqual(["ADDED", "ADDED"]);
  });
});
