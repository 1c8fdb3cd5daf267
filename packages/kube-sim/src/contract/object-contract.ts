import { beforeAll, describe, expect, it } from "vitest";
import { asObject, at } from "../json/json.ts";
import type { ContractClient } from "./contract-client.ts";
import { configMap, deployment, must, namesOf, newNamespace, unique, versionOf } from "./contract-world.ts";

export function objectContract(client: () => ContractClient): void {
  describe("objects", () => {
    let path = "";
    let namespace = "";
    let maps = "";
    beforeAll(async () => {
      ({ path, name: namespace } = await newNamespace(client()));
      maps = `${path}/configmaps`;
    });

    it("gives a new object its identity", async () => {
      const { code, body } = await client().post(maps, configMap("identity", { a: "1" }));
      expect(code).toBe(201);
      expect(body).toMatchObject({ apiVersion: "v1", kind: "ConfigMap", data: { a: "1" } });
      const metadata = asObject(body["metadata"]);
      expect(metadata["uid"]).toMatch(/^[0-9a-f-]{36}$/);
      expect(metadata["creationTimestamp"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(Number(metadata["resourceVersion"])).toBeGreaterThan(0);
      expect(metadata["namespace"]).toBe(namespace);
      expect((await client().get(`${maps}/identity`)).body).toEqual(body);
    });

    it("takes a YAML body", async () => {
      const text = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: from-yaml\ndata:\n  a: "1"\n`;
      const reply = await client().send("POST", maps, {
        body: text,
        headers: { "content-type": "application/yaml" },
      });
      expect(reply.code).toBe(201);
      expect(reply.body["data"]).toEqual({ a: "1" });
    });

    it("takes a protobuf body of a built-in kind, as kubectl sends it, and answers in JSON", async () => {
      const field = (number: number, ...parts: (string | Buffer)[]): Buffer => {
        const value = Buffer.concat(parts.map((part) => Buffer.from(part)));
        return Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
      };
      const object = Buffer.concat([
        field(1, field(1, "from-protobuf")),
        field(2, field(1, "a"), field(2, "1")),
      ]);
      const envelope = [field(1, field(1, "v1"), field(2, "ConfigMap")), field(2, object)];
      const reply = await client().send("POST", maps, {
        body: Buffer.concat([Buffer.from("k8s\0"), ...envelope]).toString("latin1"),
        headers: { "content-type": "application/vnd.kubernetes.protobuf" },
      });
      expect([reply.code, reply.body["data"]]).toEqual([201, { a: "1" }]);
    });

    it("turns the stringData of a Secret into data", async () => {
      const secret = { metadata: { name: "strings" }, data: { a: "YQ==" }, stringData: { b: "b" } };
      const { body } = await must(client().post(`${path}/secrets`, secret));
      expect([body["data"], body["stringData"]]).toEqual([{ a: "YQ==", b: "Yg==" }, undefined]);
    });

    it("makes up a name after generateName", async () => {
      const { body } = await client().post(maps, { metadata: { generateName: "made-" }, data: {} });
      expect(at(body, "metadata", "name")).toMatch(/^made-[a-z0-9]{5}$/);
      expect(at(body, "metadata", "generateName")).toBe("made-");
    });

    it("refuses a second object of the name", async () => {
      await client().post(maps, configMap("twice", {}));
      const { code, body } = await client().post(maps, configMap("twice", {}));
      expect(code).toBe(409);
      expect(body).toMatchObject({
        kind: "Status",
        status: "Failure",
        reason: "AlreadyExists",
        message: 'configmaps "twice" already exists',
        details: { name: "twice", kind: "configmaps" },
        code: 409,
      });
    });

    it("replaces an object under optimistic concurrency", async () => {
      const { body: first } = await client().post(maps, configMap("replaced", { a: "1" }));
      const { body: second } = await client().put(`${maps}/replaced`, { ...first, data: { a: "2" } });
      expect(second["data"]).toEqual({ a: "2" });
      expect(Number(versionOf(second))).toBeGreaterThan(Number(versionOf(first)));
      const { code, body } = await client().put(`${maps}/replaced`, { ...first, data: { a: "3" } });
      expect(code).toBe(409);
      expect(body).toMatchObject({
        reason: "Conflict",
        message:
          'Operation cannot be fulfilled on configmaps "replaced": the object has been modified; please apply your changes to the latest version and try again',
        details: { name: "replaced", kind: "configmaps" },
      });
    });

    it("keeps the resourceVersion of an update that changes nothing", async () => {
      const { body: first } = await client().post(maps, configMap("same", { a: "1" }));
      const { code, body: second } = await client().put(`${maps}/same`, first);
      expect(code).toBe(200);
      expect(versionOf(second)).toBe(versionOf(first));
    });

    it("keeps what the server set, whatever an update says", async () => {
      const { body: first } = await client().post(maps, configMap("kept", {}));
      const given = { ...configMap("kept", { a: "1" }) };
      given["metadata"] = { name: "kept", creationTimestamp: "2001-01-01T00:00:00Z", generation: 9 };
      const { body: second } = await client().put(`${maps}/kept`, given);
      for (const key of ["uid", "creationTimestamp", "generation"]) {
        expect(at(second, "metadata", key)).toEqual(at(first, "metadata", key));
      }
    });

    it("refuses an update of another object of the same name", async () => {
      const { body: first } = await client().post(maps, configMap("other-uid", {}));
      const metadata = { ...asObject(first["metadata"]), uid: "00000000-0000-0000-0000-000000000000" };
      const { code, body } = await client().put(`${maps}/other-uid`, { ...first, metadata });
      expect(code).toBe(409);
      expect(body["reason"]).toBe("Conflict");
      expect(body["message"]).toContain("Precondition failed: UID in precondition: 00000000");
    });

    it("numbers all changes from one counter", async () => {
      const { body: one } = await client().post(maps, configMap("counter", {}));
      const { body: two } = await client().post(`${path}/secrets`, { metadata: { name: "counter" } });
      const { body: three } = await client().patch(`${maps}/counter`, "merge", { data: { a: "1" } });
      expect(Number(versionOf(two))).toBeGreaterThan(Number(versionOf(one)));
      expect(Number(versionOf(three))).toBeGreaterThan(Number(versionOf(two)));
    });

    it("counts generations of the spec only", async () => {
      const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
      const url = `${deployments}/counted`;
      const { body: created } = await client().post(deployments, deployment("counted", "a:1"));
      expect(at(created, "metadata", "generation")).toBe(1);
      const { body: labelled } = await client().patch(url, "merge", { metadata: { labels: { x: "y" } } });
      expect(at(labelled, "metadata", "generation")).toBe(1);
      const { body: scaled } = await client().patch(url, "merge", { spec: { replicas: 3 } });
      expect(at(scaled, "metadata", "generation")).toBe(2);
      const { body: reported } = await client().patch(`${url}/status`, "merge", { status: { replicas: 3 } });
      expect(at(reported, "metadata", "generation")).toBe(2);
    });

    it("separates status from the rest", async () => {
      const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
      const url = `${deployments}/split`;
      await must(client().post(deployments, { ...deployment("split", "a:1"), status: { replicas: 7 } }));
      expect(at((await client().get(url)).body, "status", "replicas")).toBeUndefined();
      await must(client().patch(url, "merge", { status: { replicas: 7 } }));
      expect(at((await client().get(url)).body, "status", "replicas")).toBeUndefined();
      await must(
        client().patch(`${url}/status`, "merge", { spec: { replicas: 5 }, status: { replicas: 7 } }),
      );
      const { body } = await client().get(url);
      expect([at(body, "spec", "replicas"), at(body, "status", "replicas")]).toEqual([1, 7]);
      expect((await client().get(`${url}/status`)).body).toEqual(body);
    });

    it("scales through the scale subresource", async () => {
      const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
      await must(client().post(deployments, deployment("scaled", "a:1")));
      const { body: scale } = await client().get(`${deployments}/scaled/scale`);
      expect(scale).toMatchObject({ kind: "Scale", apiVersion: "autoscaling/v1", spec: { replicas: 1 } });
      await must(client().patch(`${deployments}/scaled/scale`, "merge", { spec: { replicas: 4 } }));
      const { body } = await client().get(`${deployments}/scaled`);
      expect(at(body, "spec", "replicas")).toBe(4);
    });

    it("fills the defaults of built-in kinds", async () => {
      const { body: service } = await client().post(`${path}/services`, {
        metadata: { name: "defaults" },
        spec: { ports: [{ port: 80 }], selector: { app: "x" } },
      });
      expect(service["spec"]).toMatchObject({
        type: "ClusterIP",
        sessionAffinity: "None",
        internalTrafficPolicy: "Cluster",
        ipFamilies: ["IPv4"],
        ports: [{ port: 80, protocol: "TCP", targetPort: 80 }],
      });
      expect(at(service, "spec", "clusterIP")).toMatch(/^10\.96\./);
      const { body: secret } = await client().post(`${path}/secrets`, { metadata: { name: "defaults" } });
      expect(secret["type"]).toBe("Opaque");
      const { body: made } = await client().post(
        `/apis/apps/v1/namespaces/${namespace}/deployments`,
        deployment("defaults", "a:1"),
      );
      expect(made["spec"]).toMatchObject({
        replicas: 1,
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
        template: { spec: { restartPolicy: "Always", containers: [{ imagePullPolicy: "IfNotPresent" }] } },
      });
    });

    it("keeps a cluster address through updates that do not name it", async () => {
      const url = `${path}/services/stable`;
      const service = { metadata: { name: "stable" }, spec: { ports: [{ port: 80 }] } };
      const { body: first } = await client().post(`${path}/services`, service);
      const { body: second } = await client().put(url, { ...service, spec: { ports: [{ port: 81 }] } });
      expect(at(second, "spec", "clusterIP")).toBe(at(first, "spec", "clusterIP"));
    });

    it("does everything but store under dryRun=All", async () => {
      const { code, body } = await client().post(maps, configMap("dry", { a: "1" }), { dryRun: "All" });
      expect(code).toBe(201);
      expect(at(body, "metadata", "uid")).toBeDefined();
      expect((await client().get(`${maps}/dry`)).code).toBe(404);
      await must(client().post(maps, configMap("dry", { a: "1" })));
      await must(client().patch(`${maps}/dry`, "merge", { data: { a: "2" } }, { dryRun: "All" }));
      await must(client().send("DELETE", `${maps}/dry`, { query: { dryRun: "All" } }));
      expect(at((await client().get(`${maps}/dry`)).body, "data", "a")).toBe("1");
    });

    it("answers a deletion with a Status that names the object", async () => {
      const { body: made } = await client().post(maps, configMap("deleted", {}));
      const { code, body } = await client().delete(`${maps}/deleted`);
      expect(code).toBe(200);
      const uid = at(made, "metadata", "uid");
      expect(body).toMatchObject({
        status: "Success",
        details: { name: "deleted", kind: "configmaps", uid },
      });
      expect((await client().get(`${maps}/deleted`)).code).toBe(404);
    });

    it("answers the deletion of a Service with the service", async () => {
      const name = unique("svc");
      await must(client().post(`${path}/services`, { metadata: { name }, spec: { ports: [{ port: 80 }] } }));
      const { body } = await client().delete(`${path}/services/${name}`);
      expect(body["kind"]).toBe("Service");
    });

    it("deletes only what the preconditions describe", async () => {
      const { body: made } = await client().post(maps, configMap("guarded", {}));
      const wrong = { preconditions: { uid: "00000000-0000-0000-0000-000000000000" } };
      const { code, body } = await client().delete(`${maps}/guarded`, wrong);
      expect([code, body["reason"]]).toEqual([409, "Conflict"]);
      const stale = { preconditions: { resourceVersion: "1" } };
      expect((await client().delete(`${maps}/guarded`, stale)).code).toBe(409);
      const right = {
        preconditions: { uid: at(made, "metadata", "uid") ?? "", resourceVersion: versionOf(made) },
      };
      expect((await client().delete(`${maps}/guarded`, right)).code).toBe(200);
    });

    it("deletes a selected part of a collection and answers what it was", async () => {
      for (const [name, part] of [
        ["c1", "x"],
        ["c2", "x"],
        ["c3", "y"],
      ] as const) {
        await must(client().post(maps, configMap(name, {}, { part })));
      }
      const { code, body } = await client().send("DELETE", maps, { query: { labelSelector: "part=x" } });
      expect([code, body["kind"], namesOf(body)]).toEqual([200, "ConfigMapList", ["c1", "c2"]]);
      expect(namesOf((await client().get(maps, { labelSelector: "part" })).body)).toEqual(["c3"]);
    });

    it("waits for finalizers", async () => {
      const finalizers = ["heddle.test/wait"];
      const url = `${maps}/finalized`;
      await must(client().post(maps, { metadata: { name: "finalized", finalizers } }));
      const { code, body } = await client().delete(url);
      expect(code).toBe(200);
      expect(body).toMatchObject({
        kind: "ConfigMap",
        metadata: { deletionGracePeriodSeconds: 0, finalizers },
      });
      expect(at(body, "metadata", "deletionTimestamp")).toBeDefined();
      expect((await client().get(url)).code).toBe(200);
      await must(client().patch(url, "merge", { metadata: { finalizers: null } }));
      expect((await client().get(url)).code).toBe(404);
    });
  });
}
