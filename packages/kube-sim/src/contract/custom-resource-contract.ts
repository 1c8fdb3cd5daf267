import { describe, expect, it } from "vitest";
import { asArray, at, type Json, type JsonObject } from "../json/json.ts";
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

const spec: JsonObject = {
  type: "object",
  required: ["mode"],
  properties: {
    mode: { type: "string", enum: ["on", "off"] },
    name: { type: "string", pattern: "^[a-z]+$", minLength: 2, maxLength: 5 },
    size: { type: "integer", minimum: 1, maximum: 9 },
    ratio: { type: "number" },
    port: { "x-kubernetes-int-or-string": true },
    list: {
      type: "array",
      minItems: 1,
      maxItems: 2,
      items: { type: "object", required: ["id"], properties: { id: { type: "integer" } } },
    },
    map: { type: "object", additionalProperties: { type: "boolean" } },
    open: {
      type: "object",
      "x-kubernetes-preserve-unknown-fields": true,
      properties: { known: { type: "string" } },
    },
    color: { type: "string", default: "red" },
    parts: {
      type: "object",
      default: {},
      properties: { count: { type: "integer", default: 3 } },
    },
    maybe: { type: "string", nullable: true },
    keyed: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      items: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
    },
    either: {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "string" } },
      oneOf: [{ required: ["a"] }, { required: ["b"] }],
    },
  },
};

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

    it("are checked against their schema", async () => {
      const looms = await newLooms(client(), { spec });
      const refused = async (given: JsonObject): Promise<string> => {
        const { code, body } = await client().post(looms.path, looms.loom("x", given));
        expect([code, body["reason"]]).toEqual([422, "Invalid"]);
        return String(body["message"]);
      };
      const wrong: [JsonObject, string][] = [
        [{}, "spec.mode: Required value"],
        [{ mode: "maybe" }, 'spec.mode: Unsupported value: "maybe": supported values: "on", "off"'],
        [{ mode: "on", name: "A1" }, "spec.name in body should match '^[a-z]+$'"],
        [{ mode: "on", name: "a" }, "spec.name in body should be at least 2 chars long"],
        [{ mode: "on", name: "abcdef" }, "spec.name: Too long: may not be more than 5 bytes"],
        [{ mode: "on", size: 0 }, "spec.size in body should be greater than or equal to 1"],
        [{ mode: "on", size: 10 }, "spec.size in body should be less than or equal to 9"],
        [{ mode: "on", size: "1" }, 'spec.size in body must be of type integer: "string"'],
        [{ mode: "on", port: true }, "spec.port in body must be of type integer,string"],
        [{ mode: "on", list: [] }, "spec.list in body should have at least 1 items"],
        [
          { mode: "on", list: [{ id: 1 }, { id: 2 }, { id: 3 }] },
          "spec.list: Too many: 3: must have at most 2 items",
        ],
        [{ mode: "on", list: [{}] }, "spec.list[0].id: Required value"],
        [{ mode: "on", map: { a: 1 } }, "spec.map.a in body must be of type boolean"],
        [{ mode: "on", keyed: [{ name: "a" }, { name: "a" }] }, "spec.keyed[1]: Duplicate value"],
        [{ mode: "on", either: { a: "1", b: "2" } }, "must validate one and only one schema (oneOf)"],
      ];
      for (const [given, message] of wrong) expect(await refused(given)).toContain(message);
      const both = await client().post(looms.path, looms.loom("x", { mode: "maybe", size: 0 }));
      expect(asArray(at(both.body, "details", "causes")).map((cause) => at(cause, "field"))).toEqual(
        expect.arrayContaining(["spec.mode", "spec.size"]),
      );
      const right: Json = {
        mode: "on",
        name: "abc",
        size: 3,
        ratio: 1,
        port: "http",
        map: { a: true },
        either: { a: "1" },
      };
      await must(client().post(looms.path, looms.loom("right", right)));
      const patch = await client().patch(`${looms.path}/right`, "merge", { spec: { size: 99 } });
      expect(patch.code).toBe(422);
      const apply = await client().apply(
        `${looms.path}/right`,
        "one",
        looms.loom("right", { mode: "on", size: 99 }),
        { force: "true" },
      );
      expect(apply.code).toBe(422);
    });

    it("lose fields that their schema does not name", async () => {
      const looms = await newLooms(client(), { spec });
      const given = { mode: "on", unknown: 1, open: { known: "a", other: 2 }, list: [{ id: 1, extra: 1 }] };
      const reply = await client().post(looms.path, looms.loom("pruned", given));
      expect(reply.code).toBe(201);
      expect(reply.body["spec"]).toMatchObject({
        mode: "on",
        open: { known: "a", other: 2 },
        list: [{ id: 1 }],
      });
      expect(at(reply.body, "spec", "unknown")).toBeUndefined();
      expect(String(reply.headers["warning"])).toContain('unknown field \\"spec.list[0].extra\\"');
      const strict = await client().post(looms.path, looms.loom("strict", given), {
        fieldValidation: "Strict",
      });
      expect([strict.code, strict.body["reason"]]).toEqual([400, "BadRequest"]);
      expect(strict.body["message"]).toContain('strict decoding error: unknown field "spec.list[0].extra"');
      expect(strict.body["message"]).toContain('unknown field "spec.unknown"');
    });

    it("get their defaults, also inside defaults, and keep allowed nulls", async () => {
      const looms = await newLooms(client(), { spec });
      const given = { mode: "on", color: null, size: null, maybe: null };
      const { body } = await must(client().post(looms.path, looms.loom("x", given)));
      expect(body["spec"]).toEqual({ mode: "on", color: "red", parts: { count: 3 }, maybe: null });
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
