import { beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../json/json.ts";
import type { ContractClient } from "./contract-client.ts";
import { configMap, newLooms, newNamespace } from "./contract-world.ts";

export function errorContract(client: () => ContractClient): void {
  describe("refusals", () => {
    let path = "";
    let maps = "";
    beforeAll(async () => {
      ({ path } = await newNamespace(client()));
      maps = `${path}/configmaps`;
    });

    it("says what is not there", async () => {
      const { code, body } = await client().get(`${maps}/nobody`);
      expect(code).toBe(404);
      expect(body).toEqual({
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Failure",
        message: 'configmaps "nobody" not found',
        reason: "NotFound",
        details: { name: "nobody", kind: "configmaps" },
        code: 404,
      });
      const { body: grouped } = await client().get("/apis/apps/v1/namespaces/default/deployments/nobody");
      expect(grouped).toMatchObject({
        message: 'deployments.apps "nobody" not found',
        details: { name: "nobody", group: "apps", kind: "deployments" },
      });
      expect((await client().put(`${maps}/nobody`, configMap("nobody", {}))).code).toBe(404);
      expect((await client().patch(`${maps}/nobody`, "merge", {})).code).toBe(404);
      expect((await client().delete(`${maps}/nobody`)).code).toBe(404);
    });

    it("refuses a body that is not JSON", async () => {
      const { code, body } = await client().send("POST", maps, { body: '{"metadata":{' });
      expect([code, body["reason"]]).toEqual([400, "BadRequest"]);
      const { code: patched } = await client().patch(`${maps}/x`, "merge", "{");
      expect([400, 404]).toContain(patched);
    });

    it("refuses YAML that does not parse", async () => {
      const headers = { "content-type": "application/yaml" };
      const { code, body } = await client().send("POST", maps, { body: "a: [", headers });
      expect([code, body["reason"]]).toEqual([400, "BadRequest"]);
    });

    it("refuses bodies of a type it does not read", async () => {
      const { code, body } = await client().send("POST", maps, {
        body: "x",
        headers: { "content-type": "text/plain" },
      });
      expect([code, body["reason"]]).toEqual([415, "UnsupportedMediaType"]);
      const plain = await client().send("PATCH", `${maps}/x`, { body: {} });
      expect([plain.code, plain.body["reason"]]).toEqual([415, "UnsupportedMediaType"]);
    });

    it("refuses to answer in a form it cannot write", async () => {
      const { code, body } = await client().send("GET", maps, { headers: { accept: "application/nothing" } });
      expect([code, body["reason"]]).toEqual([406, "NotAcceptable"]);
    });

    it("takes the first form it can write", async () => {
      const accept = "application/nothing, application/json";
      expect((await client().send("GET", maps, { headers: { accept } })).code).toBe(200);
    });

    it("refuses methods that a path has not", async () => {
      const { code, body } = await client().post(`${maps}/x`, configMap("x", {}));
      expect([code, body["reason"]]).toEqual([405, "MethodNotAllowed"]);
      expect((await client().delete("/api/v1/namespaces")).code).toBe(405);
    });

    it.each([
      ["another kind", { apiVersion: "v1", kind: "Secret", metadata: { name: "x" } }],
      ["another version", { apiVersion: "v9", kind: "ConfigMap", metadata: { name: "x" } }],
      ["another namespace", { metadata: { name: "x", namespace: "elsewhere" } }],
      ["a value of the wrong type", { metadata: { name: "x" }, data: { a: 5 } }],
    ])("refuses %s in the body", async (_what, body) => {
      const reply = await client().post(maps, body);
      expect([reply.code, reply.body["reason"]]).toEqual([400, "BadRequest"]);
    });

    it("refuses another name than the URL's", async () => {
      const { code, body } = await client().put(`${maps}/x`, configMap("y", {}));
      expect(code).toBe(400);
      expect(body["message"]).toBe("the name of the object (y) does not match the name on the URL (x)");
    });

    it("refuses a new object with a resourceVersion", async () => {
      const { code, body } = await client().post(maps, { metadata: { name: "x", resourceVersion: "5" } });
      expect([code, body["message"]]).toEqual([
        500,
        "resourceVersion should not be set on objects to be created",
      ]);
    });

    it.each([
      ["configmaps", "Not_A_Name", "a lowercase RFC 1123 subdomain must consist of"],
      ["services", "Not-A-Name", "a lowercase RFC 1123 label must consist of"],
    ])("refuses a name that is not one (%s)", async (plural, name, why) => {
      const spec: JsonObject = plural === "services" ? { spec: { ports: [{ port: 80 }] } } : {};
      const { code, body } = await client().post(`${path}/${plural}`, { metadata: { name }, ...spec });
      expect([code, body["reason"]]).toEqual([422, "Invalid"]);
      expect(body["message"]).toContain(why);
    });

    it("names the field of an invalid object as a cause", async () => {
      const { code, body } = await client().post(maps, { metadata: {} });
      expect(code).toBe(422);
      expect(body).toMatchObject({
        reason: "Invalid",
        message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
        details: {
          kind: "ConfigMap",
          causes: [
            {
              reason: "FieldValueRequired",
              message: "Required value: name or generateName is required",
              field: "metadata.name",
            },
          ],
        },
      });
      const long = { metadata: { name: "x", labels: { a: "not a label value" } } };
      const { body: label } = await client().post(maps, long);
      expect(label).toMatchObject({ code: 422, details: { causes: [{ field: "metadata.labels" }] } });
    });

    it("refuses keys of a ConfigMap that cannot be file names", async () => {
      const { code, body } = await client().post(maps, configMap("keys", { "a/b": "1" }));
      expect(code).toBe(422);
      expect(body).toMatchObject({ details: { causes: [{ field: "data[a/b]" }] } });
    });

    it("checks a Deployment's selector against its template", async () => {
      const template = {
        metadata: { labels: { a: "b" } },
        spec: { containers: [{ name: "a", image: "a" }] },
      };
      const { code, body } = await client().post(
        path.replace("/api/v1", "/apis/apps/v1").concat("/deployments"),
        {
          metadata: { name: "x" },
          spec: { selector: { matchLabels: { a: "c" } }, template },
        },
      );
      expect(code).toBe(422);
      expect(body["message"]).toContain("`selector` does not match template `labels`");
    });

    it("refuses or warns about unknown and repeated fields as asked", async () => {
      const text = '{"metadata":{"name":"strict"},"data":{"a":"1","a":"2"},"nope":1}';
      const strict = await client().send("POST", maps, { body: text, query: { fieldValidation: "Strict" } });
      expect([strict.code, strict.body["reason"]]).toEqual([400, "BadRequest"]);
      expect(strict.body["message"]).toContain('unknown field "nope"');
      expect(strict.body["message"]).toContain('duplicate field "data.a"');
      const warned = await client().send("POST", maps, { body: text, query: { fieldValidation: "Warn" } });
      expect(warned.code).toBe(201);
      expect(String(warned.headers["warning"])).toContain('299 - "unknown field \\"nope\\""');
      expect(warned.body["nope"]).toBeUndefined();
      const url = `${maps}/strict`;
      const patch = await client().patch(url, "merge", { nope: 1 }, { fieldValidation: "Strict" });
      expect([patch.code, patch.body["reason"]]).toEqual([422, "Invalid"]);
      expect(patch.body).toMatchObject({ details: { causes: [{ field: "patch" }] } });
      const ignored = await client().patch(url, "merge", { nope: 1 }, { fieldValidation: "Ignore" });
      expect([ignored.code, ignored.headers["warning"]]).toEqual([200, undefined]);
    });

    it("refuses a request that is too large, and an object that is too large for the store", async () => {
      const request = await client().post(maps, configMap("huge", { a: "x".repeat(3 * 1024 * 1024) }));
      expect([request.code, request.body["reason"]]).toEqual([413, "RequestEntityTooLarge"]);
      const text = "x".repeat(1_600_000);
      const config = await client().post(maps, configMap("large", { a: text }));
      expect(config.code).toBe(422);
      expect(config.body["message"]).toBe(
        'ConfigMap "large" is invalid: []: Too long: may not be more than 1048576 bytes',
      );
      const annotated = { metadata: { name: "noted", annotations: { a: text.slice(0, 300_000) } } };
      expect((await client().post(maps, annotated)).code).toBe(422);
      const looms = await newLooms(client());
      const { code, body } = await client().post(looms.path, looms.loom("large", { text }));
      expect([code, body["message"]]).toEqual([500, "etcdserver: request is too large"]);
    });
  });
}
