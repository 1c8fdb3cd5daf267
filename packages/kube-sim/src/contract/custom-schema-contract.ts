import { describe, expect, it } from "vitest";
import { asArray, at, type Json, type JsonObject } from "../json/json.ts";
import type { ContractClient } from "./contract-client.ts";
import { must, newLooms } from "./contract-world.ts";

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

/** What the structural schema of a definition does to its objects. */
export function customSchemaContract(client: () => ContractClient): void {
  describe("custom resources under a schema", () => {
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

    it("start with the status that is its default", async () => {
      const status = { type: "object", default: { phase: "New" }, properties: { phase: { type: "string" } } };
      const looms = await newLooms(client(), { status, spec: { type: "object" } });
      const { body } = await must(
        client().post(looms.path, { ...looms.loom("x", {}), status: { phase: "Old" } }),
      );
      expect(body["status"]).toEqual({ phase: "New" });
    });
  });
}
