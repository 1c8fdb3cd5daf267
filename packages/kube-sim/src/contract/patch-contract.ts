import { beforeAll, describe, expect, it } from "vitest";
import { at } from "../json/json.ts";
import type { ContractClient } from "./contract-client.ts";
import { configMap, deployment, must, newLooms, newNamespace, versionOf } from "./contract-world.ts";

export function patchContract(client: () => ContractClient): void {
  describe("patches", () => {
    let path = "";
    let deployments = "";
    beforeAll(async () => {
      const world = await newNamespace(client());
      path = `${world.path}/configmaps`;
      deployments = `/apis/apps/v1/namespaces/${world.name}/deployments`;
    });

    it("merges JSON: null removes, the rest is laid over", async () => {
      await must(client().post(path, configMap("merge", { a: "1", b: "2" })));
      const { body } = await client().patch(`${path}/merge`, "merge", { data: { a: null, c: "3" } });
      expect(body["data"]).toEqual({ b: "2", c: "3" });
    });

    it("honours a resourceVersion in a patch", async () => {
      const { body: made } = await client().post(path, configMap("guarded", { a: "1" }));
      const patch = { metadata: { resourceVersion: versionOf(made) }, data: { a: "2" } };
      expect((await client().patch(`${path}/guarded`, "merge", patch)).code).toBe(200);
      const { code, body } = await client().patch(`${path}/guarded`, "merge", { ...patch, data: { a: "3" } });
      expect([code, body["reason"]]).toEqual([409, "Conflict"]);
    });

    it("keeps the resourceVersion of a patch that changes nothing", async () => {
      const { body: made } = await client().post(path, configMap("same", { a: "1" }));
      const { body } = await client().patch(`${path}/same`, "merge", { data: { a: "1" } });
      expect(versionOf(body)).toBe(versionOf(made));
    });

    it("carries out JSON patches", async () => {
      await must(client().post(path, configMap("json", { a: "1", b: "2" })));
      const { body } = await client().patch(`${path}/json`, "json", [
        { op: "test", path: "/data/a", value: "1" },
        { op: "replace", path: "/data/a", value: "one" },
        { op: "move", from: "/data/b", path: "/data/c.d" },
        { op: "add", path: "/metadata/labels", value: { x: "y" } },
        { op: "add", path: "/metadata/labels/a.test~1b", value: "z" },
      ]);
      expect(body["data"]).toEqual({ a: "one", "c.d": "2" });
      expect(at(body, "metadata", "labels")).toEqual({ x: "y", "a.test/b": "z" });
    });

    it.each([
      ["a test that fails", [{ op: "test", path: "/data/a", value: "other" }]],
      ["a path that is not there", [{ op: "remove", path: "/data/zzz" }]],
    ])("refuses a JSON patch with %s", async (_what, operations) => {
      await client().post(path, configMap("json-refused", { a: "1" }));
      const { code, body } = await client().patch(`${path}/json-refused`, "json", operations);
      expect([code, body["reason"]]).toEqual([422, "Invalid"]);
    });

    it("merges lists of built-in kinds by their keys", async () => {
      await must(client().post(deployments, deployment("strategic", "a:1")));
      const url = `${deployments}/strategic`;
      const added = { name: "side", image: "s:1" };
      const { body } = await client().patch(url, "strategic", {
        spec: { template: { spec: { containers: [added, { name: "main", image: "a:2" }] } } },
      });
      expect(at(body, "spec", "template", "spec", "containers")).toMatchObject(
        expect.arrayContaining([
          expect.objectContaining(added),
          expect.objectContaining({ name: "main", image: "a:2" }),
        ]),
      );
      const { body: removed } = await client().patch(url, "strategic", {
        spec: { template: { spec: { containers: [{ name: "side", $patch: "delete" }] } } },
      });
      expect(at(removed, "spec", "template", "spec", "containers")).toMatchObject([
        { name: "main", image: "a:2" },
      ]);
    });

    it("replaces lists that have no key, and has no strategic merge for custom resources", async () => {
      const looms = await newLooms(client());
      await must(client().post(looms.path, looms.loom("x", { list: [1, 2] })));
      const { body } = await client().patch(`${looms.path}/x`, "merge", { spec: { list: [3] } });
      expect(at(body, "spec", "list")).toEqual([3]);
      const { code } = await client().patch(`${looms.path}/x`, "strategic", { spec: {} });
      expect(code).toBe(415);
    });
  });
}
