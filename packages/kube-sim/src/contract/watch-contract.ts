import { beforeEach, describe, expect, it } from "vitest";
import { at } from "../json/json.ts";
import type { ContractClient, WatchEvent } from "./contract-client.ts";
import { configMap, must, newLooms, newNamespace, versionOf } from "./contract-world.ts";

const told = (events: readonly WatchEvent[]): string[] =>
  events.map(({ type, object }) => `${type} ${at(object, "metadata", "name")}`);

export function watchContract(client: () => ContractClient): void {
  describe("watches", () => {
    let path = "";
    beforeEach(async () => {
      path = `${(await newNamespace(client())).path}/configmaps`;
    });

    it("tells what happens after the list it continues", async () => {
      await must(client().post(path, configMap("before", {})));
      const { body: list } = await client().get(path);
      const watch = await client().watch(path, { resourceVersion: versionOf(list) });
      const { body: made } = await must(client().post(path, configMap("x", { a: "1" })));
      const { body: changed } = await must(client().patch(`${path}/x`, "merge", { data: { a: "2" } }));
      await must(client().delete(`${path}/x`));
      const events = await watch.take(3);
      expect(told(events)).toEqual(["ADDED x", "MODIFIED x", "DELETED x"]);
      expect(events[0]?.object).toEqual(made);
      expect(events[1]?.object).toEqual(changed);
      const last = events[2]?.object;
      expect(Number(versionOf(last))).toBeGreaterThan(Number(versionOf(changed)));
      expect(at(last, "data", "a")).toBe("2");
    });

    it("begins with what there is when no revision is given", async () => {
      await must(client().post(path, configMap("a", {})));
      await must(client().post(path, configMap("b", {})));
      for (const query of [{}, { resourceVersion: "0" }]) {
        const watch = await client().watch(path, query);
        expect(told(await watch.take(2)).sort()).toEqual(["ADDED a", "ADDED b"]);
      }
    });

    it("tells again what happened since a revision", async () => {
      const { body: first } = await must(client().post(path, configMap("a", {})));
      await must(client().post(path, configMap("b", {})));
      await must(client().delete(`${path}/a`));
      const watch = await client().watch(path, { resourceVersion: versionOf(first) });
      expect(told(await watch.take(2))).toEqual(["ADDED b", "DELETED a"]);
    });

    it("follows one object by its name", async () => {
      await must(client().post(path, configMap("a", {})));
      const watch = await client().watch(path, { fieldSelector: "metadata.name=b" });
      await must(client().post(path, configMap("c", {})));
      await must(client().post(path, configMap("b", {})));
      expect(told(await watch.take(1))).toEqual(["ADDED b"]);
    });

    it("shows objects entering and leaving a selection as added and deleted", async () => {
      const watch = await client().watch(path, { labelSelector: "in=yes" });
      await must(client().post(path, configMap("x", { a: "1" })));
      await must(client().patch(`${path}/x`, "merge", { metadata: { labels: { in: "yes" } } }));
      await must(client().patch(`${path}/x`, "merge", { data: { a: "2" } }));
      const { body: left } = await must(
        client().patch(`${path}/x`, "merge", { metadata: { labels: { in: "no" } } }),
      );
      const events = await watch.take(3);
      expect(told(events)).toEqual(["ADDED x", "MODIFIED x", "DELETED x"]);
      expect(at(events[2]?.object, "metadata", "labels", "in")).toBe("yes");
      expect(versionOf(events[2]?.object)).toBe(versionOf(left));
    });

    it("says that a revision is too old, and ends", async () => {
      const looms = await newLooms(client());
      const watch = await client().watch(looms.path, { resourceVersion: "1" });
      const event = await watch.next();
      expect(event).toMatchObject({
        type: "ERROR",
        object: { kind: "Status", reason: "Expired", code: 410 },
      });
      expect(event?.object["message"]).toMatch(/^too old resource version: 1 \(\d+\)$/);
      expect(await watch.next()).toBeUndefined();
    });

    it("ends after timeoutSeconds", async () => {
      const { body: made } = await must(client().post(path, configMap("a", {})));
      const watch = await client().watch(path, { resourceVersion: versionOf(made), timeoutSeconds: "1" });
      expect(await watch.next()).toBeUndefined();
    });

    it("sends bookmarks from time to time to those who allow them", async ({ skip }) => {
      if (!client().server.bookmarksSoon) skip("a minute between two bookmarks");
      const { body: made } = await must(client().post(path, configMap("a", {})));
      const query = { resourceVersion: versionOf(made), allowWatchBookmarks: "true" };
      const [first, second] = await (await client().watch(path, query)).take(2);
      for (const bookmark of [first, second]) {
        expect(bookmark).toMatchObject({ type: "BOOKMARK", object: { kind: "ConfigMap", apiVersion: "v1" } });
        expect(Number(versionOf(bookmark?.object))).toBeGreaterThanOrEqual(Number(versionOf(made)));
      }
    }, 200_000);

    it("marks the end of the initial events of a streaming list", async () => {
      await must(client().post(path, configMap("a", {})));
      const watch = await client().watch(path, {
        sendInitialEvents: "true",
        resourceVersionMatch: "NotOlderThan",
        allowWatchBookmarks: "true",
      });
      const [added, end] = await watch.take(2);
      expect(added?.type).toBe("ADDED");
      expect(end?.type).toBe("BOOKMARK");
      expect(at(end?.object, "metadata", "annotations", "k8s.io/initial-events-end")).toBe("true");
      const refused = await client().get(path, { watch: "true", sendInitialEvents: "true" });
      expect(refused.code).toBe(422);
    });

    it("shows metadata alone, and tables, where asked to", async () => {
      await must(client().post(path, configMap("a", { secret: "1" })));
      const partial = { accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io" };
      const [event] = await (await client().watch(path, {}, { headers: partial })).take(1);
      expect(event?.object).toMatchObject({ kind: "PartialObjectMetadata", metadata: { name: "a" } });
      expect(event?.object["data"]).toBeUndefined();
      const table = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };
      const [row] = await (await client().watch(path, {}, { headers: table })).take(1);
      expect(row).toMatchObject({
        type: "ADDED",
        object: { kind: "Table", rows: [{ cells: ["a", 1, expect.anything()] }] },
      });
    });

    it("watches over all namespaces", async () => {
      const { body: list } = await client().get("/api/v1/configmaps");
      const watch = await client().watch("/api/v1/configmaps", {
        resourceVersion: versionOf(list),
        labelSelector: "everywhere=yes",
      });
      await must(client().post(path, configMap("here", {}, { everywhere: "yes" })));
      expect(told(await watch.take(1))).toEqual(["ADDED here"]);
    });
  });
}
