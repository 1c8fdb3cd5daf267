import { beforeAll, describe, expect, it } from "vitest";
import { asArray, at, type JsonObject } from "../json/json.ts";
import type { ContractClient } from "./contract-client.ts";
import {
  configMap,
  deployment,
  fieldsOwnedBy,
  type Looms,
  must,
  newLooms,
  newNamespace,
  versionOf,
} from "./contract-world.ts";

const loomSchema: JsonObject = {
  type: "object",
  properties: { mode: { type: "string" }, size: { type: "integer" } },
};

export function applyContract(client: () => ContractClient): void {
  describe("server-side apply", () => {
    let maps = "";
    let deployments = "";
    let looms: Looms;
    beforeAll(async () => {
      const { path, name } = await newNamespace(client());
      maps = `${path}/configmaps`;
      deployments = `/apis/apps/v1/namespaces/${name}/deployments`;
      looms = await newLooms(client(), { spec: loomSchema, status: true });
    });
    const applyLoom = (name: string, manager: string, spec: JsonObject, query: Record<string, string> = {}) =>
      client().apply(`${looms.path}/${name}`, manager, looms.loom(name, spec), query);

    it("creates, and then updates, and then leaves alone", async () => {
      const url = `${maps}/born`;
      const first = await client().apply(url, "one", configMap("born", { a: "1" }));
      expect(first.code).toBe(201);
      expect(fieldsOwnedBy(first.body, "one")).toEqual({ "f:data": { "f:a": {} } });
      const second = await client().apply(url, "one", configMap("born", { a: "2" }));
      expect([second.code, second.body["data"]]).toEqual([200, { a: "2" }]);
      const third = await client().apply(url, "one", configMap("born", { a: "2" }));
      expect(versionOf(third.body)).toBe(versionOf(second.body));
      expect(third.body["metadata"]).toEqual(second.body["metadata"]);
    });

    it("needs a field manager, an apiVersion and a kind, and no managedFields", async () => {
      const url = `${maps}/incomplete`;
      const headers = { "content-type": "application/apply-patch+yaml" };
      const anonymous = await client().send("PATCH", url, { body: configMap("incomplete", {}), headers });
      expect(anonymous.code).toBe(422);
      expect(anonymous.body).toMatchObject({ details: { causes: [{ field: "fieldManager" }] } });
      expect((await client().apply(url, "one", { data: {} })).code).toBe(400);
      const owned = { ...configMap("incomplete", {}), metadata: { name: "incomplete", managedFields: [{}] } };
      const { code, body } = await client().apply(url, "one", owned);
      expect([code, body["message"]]).toEqual([400, "metadata.managedFields must be nil"]);
      const named = await client().apply(url, "one", configMap("another", {}));
      expect(named.code).toBe(400);
    });

    it("takes YAML", async () => {
      const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {a: "1"}\n';
      const { code, body } = await client().apply(`${maps}/yaml`, "one", text);
      expect([code, body["data"]]).toEqual([201, { a: "1" }]);
    });

    it("needs the name in what it creates", async () => {
      const bare = { apiVersion: "v1", kind: "ConfigMap" };
      const { code, body } = await client().apply(`${maps}/nameless`, "one", bare);
      expect([code, body["message"]]).toEqual([
        400,
        "the name of the object (nameless based on URL) was undeterminable: name must be provided",
      ]);
    });

    it("refuses to change what another manager applied, naming it and the field", async () => {
      const url = `${maps}/contested`;
      await must(client().apply(url, "one", configMap("contested", { a: "1", b: "1" })));
      const { code, body } = await client().apply(url, "two", configMap("contested", { a: "2" }));
      expect(code).toBe(409);
      expect(body).toMatchObject({
        reason: "Conflict",
        message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
        details: {
          causes: [{ reason: "FieldManagerConflict", message: 'conflict with "one"', field: ".data.a" }],
        },
      });
      const { body: many } = await client().apply(url, "two", configMap("contested", { a: "2", b: "2" }));
      expect(many["message"]).toBe(
        'Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\n- .data.b',
      );
    });

    it("names an updating manager with its version", async () => {
      const url = `${maps}/updated`;
      await must(client().post(maps, configMap("updated", { a: "1" }), { fieldManager: "maker" }));
      const { body } = await client().apply(url, "one", configMap("updated", { a: "2" }));
      expect(body["message"]).toBe('Apply failed with 1 conflict: conflict with "maker" using v1: .data.a');
    });

    it("takes over by force, and shares what is equal", async () => {
      const url = `${maps}/forced`;
      await must(client().apply(url, "one", configMap("forced", { a: "1", b: "1" })));
      const shared = await must(client().apply(url, "two", configMap("forced", { a: "1" })));
      expect(fieldsOwnedBy(shared.body, "one")).toEqual({ "f:data": { "f:a": {}, "f:b": {} } });
      expect(fieldsOwnedBy(shared.body, "two")).toEqual({ "f:data": { "f:a": {} } });
      const forced = await must(
        client().apply(url, "three", configMap("forced", { a: "3" }), { force: "true" }),
      );
      expect(forced.body["data"]).toEqual({ a: "3", b: "1" });
      expect(fieldsOwnedBy(forced.body, "one")).toEqual({ "f:data": { "f:b": {} } });
      expect(fieldsOwnedBy(forced.body, "two")).toBeUndefined();
    });

    it("removes what its only owner stops applying, and keeps what others own", async () => {
      const url = `${maps}/abandoned`;
      await must(client().apply(url, "one", configMap("abandoned", { a: "1", b: "1", c: "1" })));
      await must(client().apply(url, "two", configMap("abandoned", { b: "1" })));
      await must(client().patch(url, "merge", { data: { d: "1" } }, { fieldManager: "hand" }));
      const { body } = await must(client().apply(url, "one", configMap("abandoned", { c: "1" })));
      expect(body["data"]).toEqual({ b: "1", c: "1", d: "1" });
      const { body: empty } = await must(client().apply(url, "one", { apiVersion: "v1", kind: "ConfigMap" }));
      expect(empty["data"]).toEqual({ b: "1", d: "1" });
      expect(fieldsOwnedBy(empty, "one")).toBeUndefined();
    });

    it("gives changed fields to whoever updates or patches them", async () => {
      const url = `${maps}/taken`;
      await must(client().apply(url, "one", configMap("taken", { a: "1", b: "1" })));
      const { body } = await must(
        client().patch(url, "merge", { data: { a: "2" } }, { fieldManager: "hand" }),
      );
      expect(fieldsOwnedBy(body, "one")).toEqual({ "f:data": { "f:b": {} } });
      expect(fieldsOwnedBy(body, "hand", "Update")).toEqual({ "f:data": { "f:a": {} } });
      const { body: replaced } = await must(
        client().put(url, { ...configMap("taken", { a: "2" }) }, { fieldManager: "putter" }),
      );
      expect(fieldsOwnedBy(replaced, "one")).toBeUndefined();
    });

    it("names the client of an unnamed update by its user agent", async () => {
      const { body } = await must(client().post(maps, configMap("agent", { a: "1" })));
      const entry = asArray(at(body, "metadata", "managedFields"))[0];
      expect(entry).toMatchObject({
        manager: "contract",
        operation: "Update",
        apiVersion: "v1",
        fieldsType: "FieldsV1",
        fieldsV1: { "f:data": { ".": {}, "f:a": {} } },
      });
    });

    it("owns nothing of identity", async () => {
      const object = { ...configMap("labels", {}, { x: "y" }) };
      const { body } = await must(client().apply(`${maps}/labels`, "one", object));
      expect(fieldsOwnedBy(body, "one")).toEqual({
        "f:data": {},
        "f:metadata": { "f:labels": { "f:x": {} } },
      });
    });

    it("records what a new Deployment sets as the real types do", async () => {
      const { body } = await must(client().post(deployments, deployment("recorded", "a:1")));
      const container = {
        ".": {},
        "f:image": {},
        "f:imagePullPolicy": {},
        "f:name": {},
        "f:resources": {},
        "f:terminationMessagePath": {},
        "f:terminationMessagePolicy": {},
      };
      expect(fieldsOwnedBy(body, "contract", "Update")).toEqual({
        "f:spec": {
          "f:progressDeadlineSeconds": {},
          "f:replicas": {},
          "f:revisionHistoryLimit": {},
          "f:selector": {},
          "f:strategy": {
            "f:rollingUpdate": { ".": {}, "f:maxSurge": {}, "f:maxUnavailable": {} },
            "f:type": {},
          },
          "f:template": {
            "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
            "f:spec": {
              "f:containers": { 'k:{"name":"main"}': container },
              "f:dnsPolicy": {},
              "f:restartPolicy": {},
              "f:schedulerName": {},
              "f:securityContext": {},
              "f:terminationGracePeriodSeconds": {},
            },
          },
        },
      });
    });

    it("leaves status to its subresource", async () => {
      const url = `${looms.path}/status`;
      const whole = { ...looms.loom("status", { mode: "on" }), status: { ready: true } };
      const { body } = await must(client().apply(url, "one", whole));
      expect(body["status"]).toBeUndefined();
      expect(fieldsOwnedBy(body, "one")).toEqual({ "f:spec": { "f:mode": {} } });
      const { body: reported } = await must(client().apply(`${url}/status`, "one", whole));
      expect(reported["status"]).toEqual({ ready: true });
      const entry = asArray(at(reported, "metadata", "managedFields")).find(
        (item) => at(item, "subresource") === "status",
      );
      expect(entry).toMatchObject({
        manager: "one",
        operation: "Apply",
        fieldsV1: { "f:status": { "f:ready": {} } },
      });
      const { body: conflict } = await client().apply(`${url}/status`, "two", {
        ...whole,
        status: { ready: false },
      });
      expect(conflict["message"]).toBe(
        'Apply failed with 1 conflict: conflict with "one" with subresource "status": .status.ready',
      );
    });

    it("keeps the generation where only metadata changes", async () => {
      await must(applyLoom("generation", "one", { size: 1 }));
      const labelled = { ...looms.loom("generation", { size: 1 }) };
      labelled["metadata"] = { name: "generation", labels: { a: "b" } };
      const { body } = await must(client().apply(`${looms.path}/generation`, "one", labelled));
      expect(at(body, "metadata", "generation")).toBe(1);
      const { body: grown } = await must(applyLoom("generation", "one", { size: 2 }));
      expect(at(grown, "metadata", "generation")).toBe(2);
    });

    it("forgets all owners when an update says so", async () => {
      const { body: made } = await must(
        client().apply(`${maps}/reset`, "one", configMap("reset", { a: "1" })),
      );
      const metadata = { name: "reset", resourceVersion: versionOf(made), managedFields: [{}] };
      const { body } = await must(
        client().put(`${maps}/reset`, { ...configMap("reset", { a: "1" }), metadata }),
      );
      expect(at(body, "metadata", "managedFields")).toBeUndefined();
    });

    it("refuses unknown fields, whatever is asked", async () => {
      const unknown = { ...configMap("strict", {}), nope: 1 };
      for (const fieldValidation of ["Strict", "Ignore"]) {
        const { code, body } = await client().apply(`${maps}/strict`, "one", unknown, { fieldValidation });
        expect([code, body["message"]]).toEqual([
          500,
          "failed to create typed patch object (/strict; /v1, Kind=ConfigMap): .nope: field not declared in schema",
        ]);
      }
      const { code, body } = await applyLoom("strict", "one", { nope: 1 });
      expect([code, body["message"]]).toEqual([
        500,
        `failed to create typed patch object (/strict; ${looms.apiVersion}, Kind=Loom): .spec.nope: field not declared in schema`,
      ]);
    });

    it("shows the outcome of a dry run and stores nothing", async () => {
      const { code, body } = await client().apply(`${maps}/dry`, "one", configMap("dry", { a: "1" }), {
        dryRun: "All",
      });
      expect([code, body["data"]]).toEqual([201, { a: "1" }]);
      expect((await client().get(`${maps}/dry`)).code).toBe(404);
    });
  });
}
