import { describe, expect, it } from "vitest";
import { at, type Json } from "../json/json.ts";
import type { ContractClient } from "./contract-client.ts";
import { configMap, must, namesOf, newNamespace, unique, until } from "./contract-world.ts";

export function namespaceContract(client: () => ContractClient): void {
  describe("namespaces", () => {
    it("exist from the start, kube-system with a uid that identifies the cluster", async () => {
      const { body } = await client().get("/api/v1/namespaces");
      expect(namesOf(body)).toEqual(expect.arrayContaining(["default", "kube-public", "kube-system"]));
      const { body: system } = await client().get("/api/v1/namespaces/kube-system");
      expect(at(system, "metadata", "uid")).toMatch(/^[0-9a-f-]{36}$/);
    });

    it("are active, labelled with their name and held by the kubernetes finalizer", async () => {
      const name = unique("ns");
      const { body } = await client().post("/api/v1/namespaces", { metadata: { name } });
      expect(body).toMatchObject({
        metadata: { labels: { "kubernetes.io/metadata.name": name } },
        spec: { finalizers: ["kubernetes"] },
        status: { phase: "Active" },
      });
    });

    it("must exist before their contents", async () => {
      const { code, body } = await client().post("/api/v1/namespaces/nowhere/configmaps", configMap("x", {}));
      expect(code).toBe(404);
      expect(body).toMatchObject({
        reason: "NotFound",
        message: 'namespaces "nowhere" not found',
        details: { name: "nowhere", kind: "namespaces" },
      });
      const list = await client().get("/api/v1/namespaces/nowhere/configmaps");
      expect([list.code, list.body["items"]]).toEqual([200, []]);
    });

    it("take nothing new while they terminate", async () => {
      const { name, path } = await newNamespace(client());
      const held = { metadata: { name: "held", finalizers: ["heddle.test/wait"] } };
      await must(client().post(`${path}/configmaps`, held));
      const { body } = await must(client().delete(path));
      expect(body).toMatchObject({ kind: "Namespace", status: { phase: "Terminating" } });
      const { code, body: refused } = await client().post(`${path}/configmaps`, configMap("late", {}));
      expect(code).toBe(403);
      expect(refused).toMatchObject({
        reason: "Forbidden",
        message: `configmaps "late" is forbidden: unable to create new content in namespace ${name} because it is being terminated`,
        details: { name: "late", kind: "configmaps", causes: [{ reason: "NamespaceTerminating" }] },
      });
      const applied = await client().apply(`${path}/configmaps/late`, "one", configMap("late", {}));
      expect(applied.code).toBe(403);
      const changed = await client().patch(`${path}/configmaps/held`, "merge", { data: { a: "1" } });
      expect(changed.code).toBe(200);
      await must(client().patch(`${path}/configmaps/held`, "merge", { metadata: { finalizers: null } }));
    });

    it("are let go through the finalize subresource", async ({ skip }) => {
      if (client().controllers) skip("the namespace controller is faster");
      const { name, path } = await newNamespace(client());
      await must(client().delete(path));
      const { body } = await client().get(path);
      await must(client().put(`${path}/finalize`, { ...body, spec: { finalizers: [] }, metadata: { name } }));
      expect((await client().get(path)).code).toBe(404);
    });

    it("go when their contents are gone", async ({ skip }) => {
      if (!client().controllers) skip("no namespace controller runs");
      const { path } = await newNamespace(client());
      await must(client().post(`${path}/configmaps`, configMap("content", {})));
      const finalizers = ["heddle.test/wait"];
      await must(client().post(`${path}/secrets`, { metadata: { name: "held", finalizers } }));
      await must(client().delete(path));
      await until(
        () => client().get(`${path}/configmaps/content`),
        ({ code }) => code === 404,
      );
      expect((await client().get(path)).code).toBe(200);
      await must(client().patch(`${path}/secrets/held`, "merge", { metadata: { finalizers: null } }));
      await until(
        () => client().get(path),
        ({ code }) => code === 404,
      );
    });
  });

  describe("owners", () => {
    const owned = (name: string, owner: Json | undefined, rest = {}): { metadata: Record<string, Json> } => ({
      metadata: {
        name,
        ownerReferences: [
          {
            apiVersion: "v1",
            kind: "ConfigMap",
            name: "owner",
            uid: at(owner, "metadata", "uid") ?? "",
            blockOwnerDeletion: true,
          },
        ],
        ...rest,
      },
    });

    it("take their dependents with them", async ({ skip }) => {
      if (!client().controllers) skip("no garbage collector runs");
      const maps = `${(await newNamespace(client())).path}/configmaps`;
      const { body: owner } = await must(client().post(maps, configMap("owner", {})));
      await must(client().post(maps, owned("dependent", owner)));
      await must(client().delete(`${maps}/owner`));
      await until(
        () => client().get(`${maps}/dependent`),
        ({ code }) => code === 404,
      );
    });

    it("leave their dependents where deletion orphans", async ({ skip }) => {
      if (!client().controllers) skip("no garbage collector runs");
      const maps = `${(await newNamespace(client())).path}/configmaps`;
      const { body: owner } = await must(client().post(maps, configMap("owner", {})));
      await must(client().post(maps, owned("dependent", owner)));
      await must(client().delete(`${maps}/owner`, { propagationPolicy: "Orphan" }));
      await until(
        () => client().get(`${maps}/owner`),
        ({ code }) => code === 404,
      );
      const { body } = await client().get(`${maps}/dependent`);
      expect(at(body, "metadata", "ownerReferences")).toBeUndefined();
    });

    it("wait for their dependents in the foreground", async ({ skip }) => {
      if (!client().controllers) skip("no garbage collector runs");
      const maps = `${(await newNamespace(client())).path}/configmaps`;
      const { body: owner } = await must(client().post(maps, configMap("owner", {})));
      await must(client().post(maps, owned("dependent", owner, { finalizers: ["heddle.test/wait"] })));
      await must(client().delete(`${maps}/owner`, { propagationPolicy: "Foreground" }));
      await until(
        () => client().get(`${maps}/dependent`),
        ({ body }) => at(body, "metadata", "deletionTimestamp") !== undefined,
      );
      const { body } = await client().get(`${maps}/owner`);
      expect(at(body, "metadata", "finalizers")).toEqual(["foregroundDeletion"]);
      const { body: dependent } = await client().get(`${maps}/dependent`);
      const left = (at(dependent, "metadata", "finalizers") ?? []) as string[];
      const index = left.indexOf("heddle.test/wait");
      const operations = [{ op: "remove", path: `/metadata/finalizers/${index}` }];
      await must(client().patch(`${maps}/dependent`, "json", operations));
      await until(
        () => client().get(`${maps}/owner`),
        ({ code }) => code === 404,
      );
    });
  });
}
