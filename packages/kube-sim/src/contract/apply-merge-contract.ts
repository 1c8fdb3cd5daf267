import { beforeAll, describe, expect, it } from "vitest";
import { asArray, at, type JsonObject } from "../json/json.ts";
import type { ContractClient } from "./contract-client.ts";
import { configMap, fieldsOwnedBy, type Looms, must, newLooms, newNamespace } from "./contract-world.ts";

const loomSchema: JsonObject = {
  type: "object",
  properties: {
    mode: { type: "string" },
    size: { type: "integer" },
    nested: { type: "object", properties: { a: { type: "string" }, b: { type: "string" } } },
    labels: { type: "object", additionalProperties: { type: "string" } },
    frozen: {
      type: "object",
      additionalProperties: { type: "string" },
      "x-kubernetes-map-type": "atomic",
    },
    plain: { type: "array", items: { type: "string" } },
    tags: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
    threads: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name", "side"],
      items: {
        type: "object",
        required: ["name"],
        properties: {
          name: { type: "string" },
          side: { type: "string", default: "left" },
          color: { type: "string" },
        },
      },
    },
  },
};

/** How applied values are merged: lists by their type, maps by theirs. */
export function applyMergeContract(client: () => ContractClient): void {
  describe("merging of applied values", () => {
    let maps = "";
    let services = "";
    let looms: Looms;
    beforeAll(async () => {
      const { path } = await newNamespace(client());
      maps = `${path}/configmaps`;
      services = `${path}/services`;
      looms = await newLooms(client(), { spec: loomSchema });
    });
    const applyLoom = (name: string, manager: string, spec: JsonObject) =>
      client().apply(`${looms.path}/${name}`, manager, looms.loom(name, spec));

    it("counts an empty map of a built-in kind as nothing", async () => {
      const { body } = await must(client().post(maps, configMap("hollow", {})));
      expect(body["data"]).toBeUndefined();
    });

    it("merges keyed lists of built-in kinds item by item", async () => {
      const url = `${services}/ports`;
      const service = (...ports: JsonObject[]): JsonObject => ({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "ports" },
        spec: { ports },
      });
      const first = await must(client().apply(url, "one", service({ name: "http", port: 80 })));
      expect(fieldsOwnedBy(first.body, "one")).toEqual({
        "f:spec": {
          "f:ports": { 'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:name": {}, "f:port": {} } },
        },
      });
      const admin = service({ name: "admin", port: 81, targetPort: 8081 });
      const { body } = await must(client().apply(url, "two", admin));
      expect(at(body, "spec", "ports")).toMatchObject([{ port: 80 }, { port: 81, targetPort: 8081 }]);
      const conflict = await client().apply(url, "one", service({ port: 81, targetPort: 1 }));
      expect(conflict.body["message"]).toContain('.spec.ports[port=81,protocol="TCP"].targetPort');
      const { body: left } = await must(client().apply(url, "one", service({ port: 82, name: "new" })));
      expect(asArray(at(left, "spec", "ports")).map((port) => at(port, "port"))).toEqual([81, 82]);
    });

    it("replaces a selector in one piece", async () => {
      const url = `${services}/selector`;
      const service = (selector: JsonObject): JsonObject => ({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "selector" },
        spec: { ports: [{ port: 80 }], selector },
      });
      await must(client().apply(url, "one", service({ a: "1" })));
      const { body } = await must(client().apply(url, "one", service({ b: "2" })));
      expect(at(body, "spec", "selector")).toEqual({ b: "2" });
      const { body: conflict } = await client().apply(url, "two", service({ c: "3" }));
      expect(conflict["message"]).toContain('conflict with "one": .spec.selector');
    });

    it("follows the list types of a custom resource's schema", async () => {
      await must(
        applyLoom("lists", "one", {
          plain: ["a"],
          tags: ["x", "y"],
          threads: [
            { name: "warp", color: "red" },
            { name: "weft", side: "right" },
          ],
          frozen: { a: "1" },
          labels: { a: "1" },
        }),
      );
      const { body } = await must(
        applyLoom("lists", "two", {
          tags: ["z"],
          threads: [{ name: "warp", side: "right" }],
          labels: { b: "2" },
        }),
      );
      expect(fieldsOwnedBy(body, "one")).toEqual({
        "f:spec": {
          "f:frozen": {},
          "f:labels": { "f:a": {} },
          "f:plain": {},
          "f:tags": { 'v:"x"': {}, 'v:"y"': {} },
          "f:threads": {
            'k:{"name":"warp","side":"left"}': { ".": {}, "f:color": {}, "f:name": {} },
            'k:{"name":"weft","side":"right"}': { ".": {}, "f:name": {}, "f:side": {} },
          },
        },
      });
      expect(at(body, "spec", "tags")).toEqual(["x", "y", "z"]);
      expect(at(body, "spec", "labels")).toEqual({ a: "1", b: "2" });
      expect(asArray(at(body, "spec", "threads"))).toHaveLength(3);
      const { body: conflict } = await applyLoom("lists", "two", { plain: ["b"], frozen: { b: "1" } });
      expect(conflict["message"]).toBe(
        'Apply failed with 2 conflicts: conflicts with "one":\n- .spec.frozen\n- .spec.plain',
      );
      const { body: less } = await must(applyLoom("lists", "one", { tags: ["y"] }));
      expect(less["spec"]).toEqual({
        tags: ["y", "z"],
        labels: { b: "2" },
        threads: [{ name: "warp", side: "right" }],
      });
    });

    it("keeps the order of the applied list around what others have", async () => {
      await must(applyLoom("order", "one", { tags: ["a", "b", "c"] }));
      await must(applyLoom("order", "two", { tags: ["x", "b", "y"] }));
      const { body } = await must(applyLoom("order", "one", { tags: ["c", "a"] }));
      expect(at(body, "spec", "tags")).toEqual(["x", "b", "c", "y", "a"]);
    });

    it("drops emptied parents that nobody owns", async () => {
      await must(applyLoom("emptied", "one", { mode: "on", nested: { a: "1" } }));
      const { body } = await must(applyLoom("emptied", "one", { mode: "on" }));
      expect(body["spec"]).toEqual({ mode: "on" });
      const { body: bare } = await must(
        client().apply(`${looms.path}/emptied`, "one", {
          apiVersion: looms.apiVersion,
          kind: "Loom",
        }),
      );
      expect(bare["spec"]).toBeUndefined();
    });

    it("merges finalizers and owner references by value and uid", async () => {
      const url = `${maps}/meta`;
      const withFinalizers = (...finalizers: string[]): JsonObject => ({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "meta", finalizers },
      });
      await must(client().apply(url, "one", withFinalizers("a.test/x")));
      const { body } = await must(client().apply(url, "two", withFinalizers("b.test/x")));
      expect(at(body, "metadata", "finalizers")).toEqual(["a.test/x", "b.test/x"]);
      const { body: one } = await must(client().apply(url, "one", withFinalizers()));
      expect(at(one, "metadata", "finalizers")).toEqual(["b.test/x"]);
    });
  });
}
