import { beforeAll, describe, expect, it } from "vitest";
import { asArray, at } from "../json/json.ts";
import type { ContractClient } from "./contract-client.ts";
import { configMap, must, namesOf, newNamespace, versionOf } from "./contract-world.ts";

export function listContract(client: () => ContractClient): void {
  describe("lists", () => {
    let path = "";
    let namespace = "";
    beforeAll(async () => {
      const world = await newNamespace(client());
      namespace = world.name;
      path = `${world.path}/configmaps`;
      for (const [name, labels] of [
        ["a", { tier: "front", app: "shop" }],
        ["b", { tier: "back", app: "shop" }],
        ["c", { tier: "back", app: "bank", beta: "yes" }],
        ["d", {}],
      ] as const) {
        await must(client().post(path, configMap(name, { name }, labels)));
      }
    });

    it("lists in the order of names, at a revision, without repeating the kind in built-in items", async () => {
      const { body } = await client().get(path);
      expect(body).toMatchObject({ kind: "ConfigMapList", apiVersion: "v1" });
      expect(namesOf(body)).toEqual(["a", "b", "c", "d"]);
      expect(Number(versionOf(body))).toBeGreaterThan(0);
      expect(at(asArray(body["items"])[0], "kind")).toBeUndefined();
    });

    it.each([
      ["tier=back", ["b", "c"]],
      ["tier==back,app=shop", ["b"]],
      ["tier!=back", ["a", "d"]],
      ["tier in (front, back),app notin (bank)", ["a", "b"]],
      ["beta", ["c"]],
      ["!tier", ["d"]],
      ["app notin (shop)", ["c", "d"]],
    ])("selects by labels: %s", async (labelSelector, names) => {
      expect(namesOf((await client().get(path, { labelSelector })).body)).toEqual(names);
    });

    it.each([
      ["metadata.name=b", ["b"]],
      ["metadata.name!=b", ["a", "c", "d"]],
      ["metadata.namespace=elsewhere", []],
    ])("selects by fields: %s", async (fieldSelector, names) => {
      expect(namesOf((await client().get(path, { fieldSelector })).body)).toEqual(names);
    });

    it("refuses selectors that it does not understand", async () => {
      const label = await client().get(path, { labelSelector: "a === b" });
      expect([label.code, label.body["reason"]]).toEqual([400, "BadRequest"]);
      const field = await client().get(path, { fieldSelector: "data.name=a" });
      expect([field.code, field.body["reason"]]).toEqual([400, "BadRequest"]);
    });

    it("selects pods and events by fields of their own", async () => {
      const pods = path.replace("configmaps", "pods");
      const pod = (name: string, nodeName: string) => ({
        metadata: { name },
        spec: { nodeName, containers: [{ name: "a", image: "a" }] },
      });
      await must(client().post(pods, pod("p1", "n1")));
      await must(client().post(pods, pod("p2", "n2")));
      expect(namesOf((await client().get(pods, { fieldSelector: "spec.nodeName=n2" })).body)).toEqual(["p2"]);
      expect(namesOf((await client().get(pods, { fieldSelector: "status.phase=Pending" })).body)).toEqual([
        "p1",
        "p2",
      ]);
    });

    it("pages consistently: later pages show the state of the first", async () => {
      const { name } = await newNamespace(client());
      const maps = `/api/v1/namespaces/${name}/configmaps`;
      for (const key of ["a", "b", "c", "d", "e"]) await must(client().post(maps, configMap(key, {})));
      const { body: first } = await client().get(maps, { limit: "2" });
      expect(namesOf(first)).toEqual(["a", "b"]);
      expect(at(first, "metadata", "remainingItemCount")).toBe(3);
      await must(client().delete(`${maps}/c`));
      await must(client().post(maps, configMap("bb", {})));
      const next = String(at(first, "metadata", "continue"));
      const { body: second } = await client().get(maps, { limit: "2", continue: next });
      expect(namesOf(second)).toEqual(["c", "d"]);
      expect(versionOf(second)).toBe(versionOf(first));
      const last = String(at(second, "metadata", "continue"));
      const { body: third } = await client().get(maps, { limit: "2", continue: last });
      expect(namesOf(third)).toEqual(["e"]);
      expect(at(third, "metadata", "continue")).toBeUndefined();
    });

    it("pages through a selection", async () => {
      const { body } = await client().get(path, { limit: "1", labelSelector: "tier" });
      expect(namesOf(body)).toEqual(["a"]);
      expect(at(body, "metadata", "remainingItemCount")).toBeUndefined();
      const next = String(at(body, "metadata", "continue"));
      const { body: second } = await client().get(path, {
        limit: "5",
        labelSelector: "tier",
        continue: next,
      });
      expect(namesOf(second)).toEqual(["b", "c"]);
    });

    it("shows an earlier revision where asked to", async () => {
      const { name } = await newNamespace(client());
      const maps = `/api/v1/namespaces/${name}/configmaps`;
      await must(client().post(maps, configMap("old", {})));
      const resourceVersion = versionOf((await client().get(maps)).body);
      await must(client().post(maps, configMap("young", {})));
      const { body } = await client().get(maps, { resourceVersion, resourceVersionMatch: "Exact" });
      expect(namesOf(body)).toEqual(["old"]);
    });

    it("refuses a continue token that is none", async () => {
      const { code, body } = await client().get(path, { continue: "nonsense", limit: "1" });
      expect([code, body["reason"]]).toEqual([400, "BadRequest"]);
    });

    it("says that a revision from the future is too large", async () => {
      const { code, body } = await client().get(path, { resourceVersion: "999999999" });
      expect(code).toBe(504);
      expect(body).toMatchObject({
        reason: "Timeout",
        details: { causes: [{ reason: "ResourceVersionTooLarge" }], retryAfterSeconds: 1 },
      });
    });

    it("prints tables for kubectl", async () => {
      const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
      const { body } = await client().send("GET", path, { headers: { accept } });
      expect(body).toMatchObject({ kind: "Table", apiVersion: "meta.k8s.io/v1" });
      expect(asArray(body["columnDefinitions"]).map((column) => at(column, "name"))).toEqual([
        "Name",
        "Data",
        "Age",
      ]);
      const row = asArray(body["rows"])[0];
      expect(asArray(at(row, "cells")).slice(0, 2)).toEqual(["a", 1]);
      expect(at(row, "object")).toMatchObject({ kind: "PartialObjectMetadata", metadata: { name: "a" } });
      const { body: one } = await client().send("GET", `${path}/b`, {
        headers: { accept },
        query: { includeObject: "Object" },
      });
      expect(at(asArray(one["rows"])[0], "object")).toMatchObject({ kind: "ConfigMap", data: { name: "b" } });
    });

    it("prints Services and Deployments with the columns people know", async () => {
      const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
      const columns = async (url: string): Promise<unknown[]> => {
        const { body } = await client().send("GET", url, { headers: { accept } });
        return asArray(body["columnDefinitions"])
          .filter((column) => at(column, "priority") === 0)
          .map((column) => at(column, "name"));
      };
      expect(await columns(`/api/v1/namespaces/${namespace}/services`)).toEqual([
        "Name",
        "Type",
        "Cluster-IP",
        "External-IP",
        "Port(s)",
        "Age",
      ]);
      expect(await columns(`/apis/apps/v1/namespaces/${namespace}/deployments`)).toEqual([
        "Name",
        "Ready",
        "Up-to-date",
        "Available",
        "Age",
      ]);
      expect(await columns(`/api/v1/namespaces/${namespace}/pods`)).toEqual([
        "Name",
        "Ready",
        "Status",
        "Restarts",
        "Age",
      ]);
    });

    it("shows metadata alone where asked to", async () => {
      const list = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
      const { body } = await client().send("GET", path, { headers: { accept: list } });
      expect(body).toMatchObject({ kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1" });
      expect(asArray(body["items"])[0]).toMatchObject({ metadata: { name: "a", labels: { tier: "front" } } });
      expect(at(asArray(body["items"])[0], "data")).toBeUndefined();
      const single = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
      const { body: one } = await client().send("GET", `${path}/a`, { headers: { accept: single } });
      expect(one).toMatchObject({ kind: "PartialObjectMetadata", metadata: { name: "a" } });
      expect(one["data"]).toBeUndefined();
    });

    it("answers in YAML where asked to", async () => {
      const { text } = await client().send("GET", `${path}/a`, { headers: { accept: "application/yaml" } });
      expect(text).toContain("kind: ConfigMap");
    });
  });
}
