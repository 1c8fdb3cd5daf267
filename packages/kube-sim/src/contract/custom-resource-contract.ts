import { describe, expect, it } from "vitest";
import { asArray, at } from "../json/json.ts";
import type { ContractClient } from "./contract-client.ts";
import {
  conditionOf,
  definitions,
  type Looms,
  loomDefinition,
  must,
  newLooms,
  unique,
  until,
  versionOf,
} from "./contract-world.ts";

export function customResourceContract(client: () => ContractClient): void {
  describe("custom resources", () => {
    it("are served once their definition is established, and not before", async () => {
      const group = `${unique("g")}.heddle.test`;
      expect((await client().get(`/apis/${group}/v1/looms`)).code).toBe(404);
      const { code, body } = await client().post(definitions, loomDefinition(group));
      expect(code).toBe(201);
      expect(at(body, "spec", "names", "listKind")).toBe("LoomList");
      expect(at(body, "spec", "conversion")).toEqual({ strategy: "None" });
      const url = `${definitions}/looms.${group}`;
      const { body: done } = await until(
        () => client().get(url),
        (reply) => conditionOf(reply.body, "Established") === "True",
      );
      expect(conditionOf(done, "NamesAccepted")).toBe("True");
      expect(at(done, "status", "acceptedNames", "plural")).toBe("looms");
      expect(at(done, "status", "storedVersions")).toEqual(["v1"]);
    });

    it("are refused under a name that is not plural.group", async () => {
      const definition = {
        ...loomDefinition(`${unique("g")}.heddle.test`),
        metadata: { name: "other.heddle.test" },
      };
      const { code, body } = await client().post(definitions, definition);
      expect([code, body["reason"]]).toEqual([422, "Invalid"]);
      expect(body["message"]).toContain('must be spec.names.plural+"."+spec.group');
    });

    it("carry their kind in lists, and a generation", async () => {
      const looms = await newLooms(client());
      const { body: made } = await must(client().post(looms.path, looms.loom("x", { a: 1 })));
      expect(at(made, "metadata", "generation")).toBe(1);
      const { body: list } = await client().get(looms.path);
      expect(list).toMatchObject({
        kind: "LoomList",
        apiVersion: looms.apiVersion,
        items: [{ kind: "Loom" }],
      });
    });

    it("must name the version that an update replaces", async () => {
      const looms = await newLooms(client());
      await must(client().post(looms.path, looms.loom("x", { a: 1 })));
      const { code, body } = await client().put(`${looms.path}/x`, looms.loom("x", { a: 2 }));
      expect(code).toBe(422);
      expect(body["message"]).toContain("metadata.resourceVersion: Invalid value");
      expect(body["message"]).toContain("must be specified for an update");
    });

    it("must say their apiVersion and kind", async () => {
      const looms = await newLooms(client());
      const { code, body } = await client().post(looms.path, { metadata: { name: "x" } });
      expect([code, body["reason"]]).toEqual([400, "BadRequest"]);
      const other = await client().post(looms.path, { ...looms.loom("x", {}), kind: "Other" });
      expect([other.code, other.body["reason"]]).toEqual([422, "Invalid"]);
      const version = await client().post(looms.path, {
        ...looms.loom("x", {}),
        apiVersion: `${looms.group}/v9`,
      });
      expect([version.code, version.body["reason"]]).toEqual([400, "BadRequest"]);
    });

    it("have a status subresource only where it is declared", async () => {
      const without = await newLooms(client());
      const whole = { ...without.loom("x", { a: 1 }), status: { ready: true } };
      const { body: kept } = await must(client().post(without.path, whole));
      expect(kept["status"]).toEqual({ ready: true });
      expect((await client().get(`${without.path}/x/status`)).code).toBe(404);

      const looms = await newLooms(client(), { status: true });
      const { body: made } = await must(
        client().post(looms.path, { ...looms.loom("x", { a: 1 }), status: { ready: true } }),
      );
      expect(made["status"]).toBeUndefined();
      const status = { ...made, spec: { a: 9 }, status: { ready: true } };
      const { body: reported } = await must(client().put(`${looms.path}/x/status`, status));
      expect([reported["spec"], reported["status"]]).toEqual([{ a: 1 }, { ready: true }]);
      expect(at(reported, "metadata", "generation")).toBe(1);
      const { body: updated } = await must(
        client().put(`${looms.path}/x`, { ...reported, spec: { a: 2 }, status: {} }),
      );
      expect([updated["spec"], updated["status"]]).toEqual([{ a: 2 }, { ready: true }]);
      expect(at(updated, "metadata", "generation")).toBe(2);
    });

    it("count generations of everything but metadata where status is no subresource", async () => {
      const looms = await newLooms(client());
      await must(client().post(looms.path, looms.loom("x", { a: 1 })));
      const { body } = await must(client().patch(`${looms.path}/x`, "merge", { status: { ready: true } }));
      expect(at(body, "metadata", "generation")).toBe(2);
    });

    it("are the same objects in all served versions", async () => {
      const looms = await newLooms(client(), { versions: ["v1", "v1alpha1"] });
      await must(client().post(looms.path, looms.loom("x", { a: 1 })));
      const other = looms.path.replace("/v1/", "/v1alpha1/");
      const { body } = await client().get(`${other}/x`);
      expect(body).toMatchObject({ apiVersion: `${looms.group}/v1alpha1`, spec: { a: 1 } });
      const { body: list } = await client().get(other);
      expect(list).toMatchObject({
        apiVersion: `${looms.group}/v1alpha1`,
        items: [{ apiVersion: `${looms.group}/v1alpha1` }],
      });
      const { body: patched } = await must(client().patch(`${other}/x`, "merge", { spec: { a: 2 } }));
      const { body: seen } = await client().get(`${looms.path}/x`);
      expect(at(seen, "spec", "a")).toBe(2);
      expect(versionOf(seen)).toBe(versionOf(patched));
    });

    it("may live at the cluster's scope", async () => {
      const looms = await newLooms(client(), { scope: "Cluster" });
      const { body } = await must(client().post(looms.path, looms.loom("x", {})));
      expect(at(body, "metadata", "namespace")).toBeUndefined();
      expect((await client().get(`/apis/${looms.group}/v1/namespaces/default/looms`)).code).toBe(404);
    });

    it("print the columns of their definition", async () => {
      const columns = [
        { name: "Mode", type: "string", jsonPath: ".spec.mode" },
        { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
        { name: "Size", type: "integer", jsonPath: ".spec.size", priority: 1 },
      ];
      const looms = await newLooms(client(), { columns });
      const status = { conditions: [{ type: "Ready", status: "True" }] };
      await must(client().post(looms.path, { ...looms.loom("x", { mode: "on", size: 3 }), status }));
      const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
      const { body } = await client().send("GET", looms.path, { headers: { accept } });
      expect(asArray(body["columnDefinitions"]).map((column) => at(column, "name"))).toEqual([
        "Name",
        "Mode",
        "Ready",
        "Size",
      ]);
      expect(at(asArray(body["rows"])[0], "cells")).toEqual(["x", "on", "True", 3]);
    });

    it("follow changes of their definition", async () => {
      const looms = await newLooms(client(), {
        spec: { type: "object", properties: { a: { type: "integer" } } },
      });
      expect((await client().post(looms.path, looms.loom("x", { a: "text" }))).code).toBe(422);
      await must(relaxed(client(), looms));
      await until(
        () => client().post(looms.path, looms.loom("x", { a: "text" })),
        ({ code }) => code === 201,
      );
    });

    it("go with their definition", async () => {
      const looms = await newLooms(client());
      await must(client().post(looms.path, looms.loom("x", {})));
      const watch = await client().watch(looms.path);
      expect((await watch.next())?.type).toBe("ADDED");
      await must(client().delete(looms.definition));
      expect((await watch.next())?.type).toBe("DELETED");
      expect(await watch.next()).toBeUndefined();
      await until(
        () => client().get(looms.definition),
        ({ code }) => code === 404,
      );
      await until(
        () => client().get(looms.path),
        ({ code }) => code === 404,
      );
    });
  });
}

const relaxed = (client: ContractClient, looms: Looms) =>
  client.patch(looms.definition, "json", [
    {
      op: "replace",
      path: "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/a/type",
      value: "string",
    },
  ]);
