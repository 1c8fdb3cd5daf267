import { Discovery, followCrds, KubeClient, Reflector } from "@heddle/kube";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ContractServer, configMap, namespace, Somebody, threadCrd } from "./contract-server.ts";

const soon = { timeout: 30_000, interval: 20 };

/** What a reflector promises, on any API server. */
export function reflectorContract(name: string, start: () => Promise<ContractServer>): void {
  describe(`reflector on ${name}`, () => {
    let server: ContractServer;
    let user: Somebody;
    let client: KubeClient;
    let discovery: Discovery;
    let stop: AbortController;

    beforeAll(async () => {
      server = await start();
      user = new Somebody(server.connection);
      client = new KubeClient(server.connection);
      await user.create(namespace("watched"));
    });
    afterAll(() => server?.close());
    beforeEach(() => {
      discovery = new Discovery(client);
      stop = new AbortController();
    });
    afterEach(() => stop.abort(new Error("the test is over")));

    function follow(kind: { apiVersion: string; kind: string; namespace?: string; missingPollMs?: number }) {
      const seen = new Map<string, unknown>();
      const reflector = new Reflector<unknown>({
        ...kind,
        client,
        discovery,
        pageSize: 2,
        project: (object) => object["data"] ?? object["spec"] ?? {},
        onDelta: ({ upserts, deletes }) => {
          for (const key of deletes) seen.delete(key);
          for (const [key, value] of upserts) seen.set(key, value);
        },
      });
      const running = reflector.run(stop.signal);
      return { seen, reflector, running };
    }
    const cm = (name: string, value = "1") => configMap("watched", name, { value });

    it("follows objects over several pages and through all kinds of changes, also while the API server was away", async () => {
      for (const name of ["a", "b", "c", "d", "e"]) await user.create(cm(name));
      const { seen, reflector } = follow({ apiVersion: "v1", kind: "ConfigMap", namespace: "watched" });
      await reflector.synced;
      expect([...seen.keys()].filter((key) => key.length === "watched/a".length)).toHaveLength(5);
      await user.edit(cm("a"), { data: { value: "2" } });
      await user.delete(cm("b"));
      await expect
        .poll(() => [seen.get("watched/a"), seen.has("watched/b")], soon)
        .toEqual([{ value: "2" }, false]);
      await server.stop();
      await server.start();
      await user.delete(cm("c"));
      await user.edit(cm("d"), { data: { value: "4" } });
      await expect
        .poll(() => [seen.has("watched/c"), seen.get("watched/d")], soon)
        .toEqual([false, { value: "4" }]);
    });

    it("finds a kind when its CRD comes, and loses its objects when it goes", async () => {
      const crd = threadCrd("watched.example.com");
      const thread = {
        apiVersion: "watched.example.com/v1",
        kind: "Thread",
        metadata: { name: "t", namespace: "watched" },
        spec: { color: "red" },
      };
      let changes = 0;
      const following = followCrds({
        client,
        discovery,
        signal: stop.signal,
        onChange: () => (changes += 1),
      });
      const { seen, reflector } = follow({
        apiVersion: thread.apiVersion,
        kind: "Thread",
        missingPollMs: 100,
      });
      await reflector.synced;
      expect(reflector.state).toBe("missing");
      await user.create(crd);
      await expect.poll(() => reflector.state, soon).toBe("watching");
      expect(changes).toBeGreaterThan(0);
      await user.create(thread);
      await expect.poll(() => Object.fromEntries(seen), soon).toEqual({ "watched/t": { color: "red" } });
      await user.delete(crd);
      await expect.poll(() => seen.size, soon).toBe(0);
      stop.abort(new Error("stopped"));
      await following;
    });
  });
}
