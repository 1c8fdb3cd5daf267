import { describe, expect, it } from "vitest";
import { asArray, asObject, at, isObject, type JsonObject } from "../json/json.ts";
import type { ContractClient } from "./contract-client.ts";
import { newLooms } from "./contract-world.ts";

const entry = (list: JsonObject, name: string): JsonObject =>
  asObject(
    asArray(list["resources"])
      .filter(isObject)
      .find((item) => item["name"] === name),
  );

export function discoveryContract(client: () => ContractClient): void {
  describe("discovery", () => {
    it.each(["/livez", "/readyz", "/healthz"])("answers ok at %s", async (path) => {
      const reply = await client().get(path);
      expect([reply.code, reply.text]).toEqual([200, "ok"]);
    });

    it("says its version", async () => {
      const { body } = await client().get("/version");
      expect(body["major"]).toBe("1");
      expect(body["gitVersion"]).toMatch(/^v1\.36\./);
    });

    it("lists the versions of the core group", async () => {
      const { body } = await client().get("/api");
      expect(body).toMatchObject({ kind: "APIVersions", versions: ["v1"] });
    });

    it("lists the core resources with verbs, short names and subresources", async () => {
      const { body } = await client().get("/api/v1");
      expect(body).toMatchObject({ kind: "APIResourceList", groupVersion: "v1" });
      expect(entry(body, "configmaps")).toMatchObject({
        kind: "ConfigMap",
        namespaced: true,
        singularName: "configmap",
        shortNames: ["cm"],
        verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
      });
      expect(entry(body, "serviceaccounts/token")).toMatchObject({
        group: "authentication.k8s.io",
        version: "v1",
        kind: "TokenRequest",
        verbs: ["create"],
      });
      expect(entry(body, "namespaces")).toMatchObject({ namespaced: false });
    });

    it("lists groups, a group and a group's version", async () => {
      const { body: groups } = await client().get("/apis");
      const apps = asArray(groups["groups"]).find((group) => at(group, "name") === "apps");
      expect(groups["kind"]).toBe("APIGroupList");
      expect(apps).toMatchObject({ preferredVersion: { groupVersion: "apps/v1", version: "v1" } });
      const { body: group } = await client().get("/apis/apps");
      expect(group).toMatchObject({ kind: "APIGroup", apiVersion: "v1", name: "apps" });
      const { body: list } = await client().get("/apis/apps/v1");
      expect(list).toMatchObject({ kind: "APIResourceList", apiVersion: "v1", groupVersion: "apps/v1" });
      expect(entry(list, "deployments/scale")).toMatchObject({ group: "autoscaling", kind: "Scale" });
    });

    it("serves aggregated discovery to those who ask for it", async () => {
      const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
      const reply = await client().send("GET", "/apis", { headers: { accept } });
      expect(reply.headers["content-type"]).toContain("as=APIGroupDiscoveryList");
      expect(reply.body).toMatchObject({
        kind: "APIGroupDiscoveryList",
        apiVersion: "apidiscovery.k8s.io/v2",
      });
      const apps = asArray(reply.body["items"]).find((item) => at(item, "metadata", "name") === "apps");
      const resources = asArray(at(asArray(at(apps, "versions"))[0], "resources"));
      const found = resources.find((item) => at(item, "resource") === "deployments");
      expect(found).toMatchObject({
        responseKind: { kind: "Deployment" },
        scope: "Namespaced",
        singularResource: "deployment",
      });
    });

    it("shows the kinds of custom resources, preferring the stable and higher version", async () => {
      const looms = await newLooms(client(), { versions: ["v1beta1", "v1", "v2alpha1"], status: true });
      const { body: group } = await client().get(`/apis/${looms.group}`);
      expect(asArray(group["versions"]).map((item) => at(item, "version"))).toEqual([
        "v1",
        "v1beta1",
        "v2alpha1",
      ]);
      const { body: list } = await client().get(`/apis/${looms.group}/v1`);
      expect(entry(list, "looms")).toMatchObject({ kind: "Loom", singularName: "loom", shortNames: ["lm"] });
      expect(entry(list, "looms/status")).toMatchObject({ verbs: ["get", "patch", "update"] });
    });

    it("has an OpenAPI index that names a document for each version", async () => {
      const { body } = await client().get("/openapi/v3");
      const url = String(at(body, "paths", "api/v1", "serverRelativeURL"));
      const { body: document } = await client().get(url);
      const operation = at(document, "paths", "/api/v1/namespaces/{namespace}/configmaps/{name}", "patch");
      expect(at(operation, "x-kubernetes-group-version-kind")).toEqual({
        group: "",
        version: "v1",
        kind: "ConfigMap",
      });
      const names = asArray(at(operation, "parameters")).map((parameter) => at(parameter, "name"));
      expect(names).toContain("fieldValidation");
    });

    it("says in plain text that a path leads nowhere, and as a Status that a resource does not exist", async () => {
      const nowhere = await client().get("/apis/nobody.heddle.test/v1");
      expect([nowhere.code, nowhere.text.trim()]).toEqual([404, "404 page not found"]);
      const { code, body } = await client().get("/api/v1/namespaces/default/nothings");
      expect(code).toBe(404);
      expect(body).toMatchObject({
        kind: "Status",
        reason: "NotFound",
        message: "the server could not find the requested resource",
      });
    });
  });
}
