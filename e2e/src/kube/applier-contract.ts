import {
  Applier,
  type ApplierOptions,
  type Bundle,
  type Delivery,
  Discovery,
  type KubeAnswer,
  KubeClient,
  type KubeObject,
  type KubeRequest,
} from "@heddle/kube";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ContractServer, configMap, namespace, Somebody, threadCrd } from "./contract-server.ts";

/** What the applier promises, on any API server. */
export function applierContract(name: string, start: () => Promise<ContractServer>): void {
  describe(`applier on ${name}`, () => {
    let server: ContractServer;
    let user: Somebody;
    let ns = "";
    let applier: Applier;
    let count = 0;

    const newApplier = (options: Partial<ApplierOptions> = {}) => {
      const client = new KubeClient(server.connection);
      return new Applier({ client, discovery: new Discovery(client), ...options });
    };
    const bundle = (id: string, hash: string, ...objects: KubeObject[]): Bundle => ({ id, hash, objects });
    const apply = (...upserts: Bundle[]) => applier.reconcile({ revision: 1, upserts, removes: [] });
    const cm = (object: string, value = "1") => configMap(ns, object, { value });
    const valueIn = async (object: string) =>
      ((await user.get(cm(object)))?.["data"] as { value?: string } | undefined)?.value;

    /** A run that ends like a process that is killed when so many objects have been written. */
    const killedAfterPatches = (patches: number, delivery: Delivery) => {
      const kill = new AbortController();
      let left = patches;
      class DoomedClient extends KubeClient {
        override async request<T>(request: KubeRequest): Promise<KubeAnswer<T>> {
          const answer = await super.request<T>(request);
          if (request.method === "PATCH" && --left === 0) kill.abort(new Error("killed"));
          return answer;
        }
      }
      return newApplier({ client: new DoomedClient(server.connection) }).reconcile(delivery, kill.signal);
    };

    beforeAll(async () => {
      server = await start();
      user = new Somebody(server.connection);
    });
    afterAll(() => server?.close());
    beforeEach(async () => {
      // Each test has its own namespace; what others left in the cluster must not matter.
      ns = `contract-${++count}`;
      await user.create(namespace(ns));
      applier = newApplier();
    });

    it("creates the objects of a bundle, marked as Heddle's", async () => {
      const [report] = await apply(bundle(`${ns}/a`, "h1", cm("one"), cm("two")));
      expect(report).toEqual({ bundle: `${ns}/a`, hash: "h1", revision: 1, objects: 2, problems: [] });
      const one = await user.get(cm("one"));
      expect(one?.metadata.labels).toMatchObject({ "app.kubernetes.io/managed-by": "heddle" });
      expect(one?.metadata.annotations).toMatchObject({
        "heddle.io/bundle-id": `${ns}/a`,
        "heddle.io/hash": "h1",
      });
      expect(one?.metadata.managedFields?.[0]).toMatchObject({ manager: "heddle", operation: "Apply" });
    });

    it("updates what changed and prunes what a new version of the bundle no longer has", async () => {
      await apply(bundle(`${ns}/a`, "h1", cm("kept"), cm("dropped")));
      const [report] = await apply(bundle(`${ns}/a`, "h2", cm("kept", "2")));
      expect(report).toMatchObject({ hash: "h2", objects: 1, problems: [] });
      expect(await valueIn("kept")).toBe("2");
      expect(await user.get(cm("dropped"))).toBeUndefined();
    });

    it("removes a bundle, and only that", async () => {
      await apply(bundle(`${ns}/a`, "h1", cm("one")), bundle(`${ns}/b`, "h1", cm("two")));
      const reports = await applier.reconcile({ revision: 2, upserts: [], removes: [`${ns}/a`] });
      expect(reports).toEqual([{ bundle: `${ns}/a`, hash: "", revision: 2, objects: 0, problems: [] }]);
      expect(await user.get(cm("one"))).toBeUndefined();
      expect(await valueIn("two")).toBe("1");
    });

    it("does not delete an object that moved to another bundle", async () => {
      await apply(bundle(`${ns}/a`, "h1", cm("moving"), cm("staying")));
      const before = await user.get(cm("moving"));
      await applier.reconcile({
        revision: 2,
        upserts: [bundle(`${ns}/b`, "h1", cm("moving", "2"))],
        removes: [`${ns}/a`],
      });
      const after = await user.get(cm("moving"));
      expect(after?.metadata.uid).toBe(before?.metadata.uid);
      expect(after?.metadata.annotations).toMatchObject({ "heddle.io/bundle-id": `${ns}/b` });
      expect(await user.get(cm("staying"))).toBeUndefined();
    });

    it("does not delete an object whose move failed", async () => {
      await apply(bundle(`${ns}/a`, "h1", cm("moving")));
      const broken = { ...cm("moving"), data: { value: 7 } };
      const reports = await applier.reconcile({
        revision: 2,
        upserts: [bundle(`${ns}/b`, "h1", broken)],
        removes: [`${ns}/a`],
      });
      expect(reports[0]?.problems).toHaveLength(1);
      expect(await valueIn("moving")).toBe("1");
    });

    it("takes an object of another API version of the same kind for the same object", async () => {
      const group = `${ns}.example.com`;
      await user.create(threadCrd(group));
      const thread = (version: string): KubeObject => ({
        apiVersion: `${group}/${version}`,
        kind: "Thread",
        metadata: { name: "t", namespace: ns },
        spec: { color: "red" },
      });
      await expect
        .poll(() => user.path(thread("v1")).catch(() => undefined), { timeout: 10_000 })
        .toBeDefined();
      await apply(bundle(`${ns}/a`, "h1", thread("v1beta1")));
      const before = await user.get(thread("v1"));
      expect(before?.metadata.labels).toMatchObject({ "app.kubernetes.io/managed-by": "heddle" });
      const [report] = await apply(bundle(`${ns}/a`, "h2", thread("v1")));
      expect(report?.problems).toEqual([]);
      expect((await user.get(thread("v1")))?.metadata.uid).toBe(before?.metadata.uid);
    });

    it("leaves an object of a user alone and says whose it is", async () => {
      await user.create(cm("mine", "user"));
      const [report] = await apply(bundle(`${ns}/a`, "h1", cm("mine"), cm("other")));
      expect(report).toMatchObject({ objects: 1, problems: [{ code: "NotOwned", owner: "somebody" }] });
      expect(report?.problems[0]?.object).toBe(`v1|ConfigMap|${ns}|mine`);
      expect((await user.get(cm("mine")))?.metadata.labels).toBeUndefined();
      expect(await valueIn("mine")).toBe("user");
      await applier.reconcile({ revision: 2, upserts: [], removes: [`${ns}/a`] });
      expect(await valueIn("mine")).toBe("user");
      expect(await user.get(cm("other"))).toBeUndefined();
    });

    it("takes over an object of a user when told to, by annotation or by option", async () => {
      await user.create(cm("one", "user"));
      await user.create(cm("two", "user"));
      const adopted = cm("one");
      const told = {
        ...adopted,
        metadata: { ...adopted.metadata, annotations: { "heddle.io/adopt": "true" } },
      };
      applier = newApplier({ adopt: [`v1|ConfigMap|${ns}|two`] });
      const [report] = await apply(bundle(`${ns}/a`, "h1", told, cm("two")));
      expect(report).toMatchObject({ objects: 2, problems: [] });
      expect([await valueIn("one"), await valueIn("two")]).toEqual(["1", "1"]);
    });

    it("does not touch an object whose marks a user removed", async () => {
      await apply(bundle(`${ns}/a`, "h1", cm("taken")));
      await user.edit(cm("taken"), {
        metadata: { labels: { "app.kubernetes.io/managed-by": null } },
        data: { value: "user" },
      });
      const [report] = await apply(bundle(`${ns}/a`, "h2", cm("taken", "2")));
      expect(report?.problems).toMatchObject([{ code: "NotOwned" }]);
      await applier.reconcile({ revision: 3, upserts: [], removes: [`${ns}/a`] });
      expect(await valueIn("taken")).toBe("user");
    });

    it("does not delete an object that a user made again under the same name", async () => {
      await apply(bundle(`${ns}/a`, "h1", cm("again")));
      await user.delete(cm("again"));
      await user.create(cm("again", "user"));
      const [report] = await apply(bundle(`${ns}/a`, "h2", cm("again", "2")));
      expect(report?.problems).toMatchObject([{ code: "NotOwned" }]);
      await applier.reconcile({ revision: 2, upserts: [], removes: [`${ns}/a`] });
      expect(await valueIn("again")).toBe("user");
    });

    it("sets a field back that somebody changed, or says who did, as told", async () => {
      await apply(bundle(`${ns}/a`, "h1", cm("one")));
      await user.edit(cm("one"), { data: { value: "user", more: "x" } });
      applier = newApplier({ drift: "report" });
      const [reported] = await apply(bundle(`${ns}/a`, "h1", cm("one")));
      expect(reported?.problems).toMatchObject([{ code: "Drifted", owner: "somebody" }]);
      const [conflict] = await apply(bundle(`${ns}/a`, "h2", cm("one", "2")));
      expect(conflict?.problems).toMatchObject([{ code: "FieldConflict", owner: "somebody" }]);
      expect(await valueIn("one")).toBe("user");
      applier = newApplier({ drift: "repair" });
      const [repaired] = await apply(bundle(`${ns}/a`, "h1", cm("one")));
      expect(repaired?.problems).toEqual([]);
      expect((await user.get(cm("one")))?.["data"]).toEqual({ value: "1", more: "x" });
    });

    it("names the one bad object and applies the others", async () => {
      const bad = { ...cm("Bad_Name") };
      const homeless: KubeObject = { ...cm("x"), metadata: { name: "x" } };
      const [report, other] = await apply(
        bundle(`${ns}/a`, "h1", cm("good"), bad, homeless),
        bundle(`${ns}/b`, "h1", cm("fine")),
      );
      expect(report?.problems.map(({ object, code }) => `${code} ${object}`).toSorted()).toEqual([
        "Malformed v1|ConfigMap||x",
        `Rejected v1|ConfigMap|${ns}|Bad_Name`,
      ]);
      expect(report?.objects).toBe(1);
      expect(other).toMatchObject({ objects: 1, problems: [] });
    });

    it("keeps the old objects of a bundle whose new version could not be applied", async () => {
      await apply(bundle(`${ns}/a`, "h1", cm("old")));
      await apply(bundle(`${ns}/a`, "h2", cm("Bad_Name")));
      expect(await valueIn("old")).toBe("1");
      expect((await applier.inventory()).get(`${ns}/a`)).toBe("h1");
    });

    it("tells a missing kind, a missing namespace, a dying namespace and an object too large apart", async () => {
      const dying = namespace(`${ns}-dying`);
      await user.create(dying);
      await user.create(configMap(`${ns}-dying`, "held", {}));
      await user.edit(configMap(`${ns}-dying`, "held", {}), {
        metadata: { finalizers: ["example.com/hold"] },
      });
      await user.delete(dying);
      const reports = await apply(
        bundle(`${ns}/kind`, "h", {
          apiVersion: "no.such/v1",
          kind: "Thing",
          metadata: { name: "x", namespace: ns },
        }),
        bundle(`${ns}/namespace`, "h", configMap(`${ns}-none`, "x", {})),
        bundle(`${ns}/dying`, "h", configMap(`${ns}-dying`, "x", {})),
        bundle(`${ns}/large`, "h", cm("large", "x".repeat(4_000_000))),
      );
      expect(reports.map((report) => report.problems[0]?.code)).toEqual([
        "KindMissing",
        "NamespaceMissing",
        "NamespaceTerminating",
        "TooLarge",
      ]);
    });

    it("brings a namespace, a CRD and what needs them in one delivery, in whatever order it lists them", async () => {
      const group = `${ns}.example.org`;
      const thread: KubeObject = {
        apiVersion: `${group}/v1`,
        kind: "Thread",
        metadata: { name: "t", namespace: `${ns}-new` },
        spec: { color: "blue" },
      };
      const reports = await apply(
        bundle(`${ns}/a`, "h1", thread),
        bundle(`${ns}/b`, "h1", threadCrd(group), namespace(`${ns}-new`)),
      );
      expect(reports.flatMap((report) => report.problems)).toEqual([]);
      expect((await user.get(thread))?.["spec"]).toEqual({ color: "blue" });
    });

    it("lets a namespace go instead of deleting it with all that is in it, unless told", async () => {
      const doomed = namespace(`${ns}-doomed`);
      const told = {
        ...doomed,
        metadata: { ...doomed.metadata, annotations: { "heddle.io/delete-with-bundle": "true" } },
      };
      await apply(bundle(`${ns}/a`, "h1", namespace(`${ns}-kept`)), bundle(`${ns}/b`, "h1", told));
      const reports = await applier.reconcile({ revision: 2, upserts: [], removes: [`${ns}/a`, `${ns}/b`] });
      expect(reports.flatMap((report) => report.problems)).toEqual([]);
      const kept = await user.get(namespace(`${ns}-kept`));
      expect(kept?.metadata.deletionTimestamp).toBeUndefined();
      expect(kept?.metadata.labels?.["app.kubernetes.io/managed-by"]).toBeUndefined();
      const gone = await user.get(doomed);
      expect(gone === undefined || gone.metadata.deletionTimestamp !== undefined).toBe(true);
    });

    describe("after a restart", () => {
      it("knows what is in place", async () => {
        await apply(bundle(`${ns}/a`, "h1", cm("one"), cm("two")), bundle(`${ns}/b`, "h7", cm("three")));
        const inventory = await newApplier().inventory();
        expect(inventory.get(`${ns}/a`)).toBe("h1");
        expect(inventory.get(`${ns}/b`)).toBe("h7");
      });

      it("does not count a bundle of which an object is missing, old, left over or changed by somebody", async () => {
        await apply(
          bundle(`${ns}/missing`, "h1", cm("m1"), cm("m2")),
          bundle(`${ns}/changed`, "h1", cm("c1")),
          bundle(`${ns}/emptied`, "h1", configMap(ns, "e1", { a: "1", b: "2" })),
          bundle(`${ns}/whole`, "h1", cm("w1"), { ...cm("w2"), data: { list: "x" }, immutable: false }),
        );
        await user.delete(cm("m2"));
        await user.edit(cm("c1"), { data: { value: "user" } });
        await user.edit(cm("e1"), { data: { b: null } });
        // As a kill in the middle of an apply leaves it: the new object is there, the old one not yet gone.
        await apply(bundle(`${ns}/half`, "h1", cm("h1"), cm("h2")));
        const newVersion = bundle(`${ns}/half`, "h2", cm("h1", "2"), cm("h3"));
        await expect(
          killedAfterPatches(2, { revision: 2, upserts: [newVersion], removes: [] }),
        ).rejects.toThrow("killed");
        expect(await user.get(cm("h3"))).toBeDefined();
        expect(await user.get(cm("h2"))).toBeDefined();
        const inventory = await newApplier().inventory();
        const names = ["missing", "changed", "emptied", "half", "whole"];
        expect(names.map((id) => inventory.get(`${ns}/${id}`))).toEqual(["", "", "", "", "h1"]);
      });

      it("prunes with a complete delivery what earlier runs left", async () => {
        await apply(bundle(`${ns}/a`, "h1", cm("one")), bundle(`${ns}/b`, "h1", cm("two")));
        applier = newApplier();
        const reports = await applier.reconcile({
          revision: 5,
          upserts: [bundle(`${ns}/a`, "h1", cm("one"))],
          removes: [],
          complete: true,
        });
        expect(reports.find((report) => report.bundle === `${ns}/b`)).toMatchObject({
          hash: "",
          problems: [],
        });
        expect(await user.get(cm("two"))).toBeUndefined();
        expect(await valueIn("one")).toBe("1");
        expect([...(await newApplier().inventory()).keys()]).toEqual([`${ns}/a`]);
      });

      it("tells of what is left of a bundle that was half removed, so that it can be removed", async () => {
        await apply(bundle(`${ns}/a`, "h1", cm("one"), cm("two")));
        await user.delete(cm("one"));
        applier = newApplier();
        expect((await applier.inventory()).get(`${ns}/a`)).toBe("");
        await applier.reconcile({ revision: 2, upserts: [], removes: [`${ns}/a`] });
        expect(await user.get(cm("two"))).toBeUndefined();
        expect((await applier.inventory()).has(`${ns}/a`)).toBe(false);
      });

      it("writes nothing for a bundle that is in place", async () => {
        await apply(bundle(`${ns}/a`, "h1", cm("one")));
        const before = (await user.get(cm("one")))?.metadata.resourceVersion;
        applier = newApplier();
        const [report] = await apply(bundle(`${ns}/a`, "h1", cm("one")));
        expect(report).toMatchObject({ objects: 1, problems: [] });
        expect((await user.get(cm("one")))?.metadata.resourceVersion).toBe(before);
      });
    });
  });
}
