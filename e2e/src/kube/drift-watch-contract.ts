import { Applier, Discovery, type DriftFinding, type DriftMode, DriftWatch, KubeClient } from "@heddle/kube";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ContractServer, configMap, namespace, Somebody } from "./contract-server.ts";

const soon = { timeout: 15_000, interval: 20 };

/** What the drift watch promises, on any API server. */
export function driftWatchContract(name: string, start: () => Promise<ContractServer>): void {
  describe(`drift watch on ${name}`, () => {
    let server: ContractServer;
    let user: Somebody;
    let stop: AbortController;
    let findings: DriftFinding[];
    let ns = "";
    let count = 0;

    const cm = (value = "1") => configMap(ns, "one", { value });
    const data = async () => (await user.get(cm()))?.["data"];

    beforeAll(async () => {
      server = await start();
      user = new Somebody(server.connection);
    });
    afterAll(() => server?.close());
    beforeEach(async () => {
      ns = `drift-${++count}`;
      stop = new AbortController();
      findings = [];
      await user.create(namespace(ns));
    });
    afterEach(() => stop.abort(new Error("the test is over")));

    const newApplier = (drift: DriftMode) => {
      const client = new KubeClient(server.connection);
      return new Applier({ client, discovery: new Discovery(client), drift });
    };
    const applied = async (drift: DriftMode) => {
      const applier = newApplier(drift);
      await applier.reconcile({
        revision: 1,
        upserts: [{ id: ns, hash: "h1", objects: [cm()] }],
        removes: [],
      });
      return applier;
    };
    const watch = (applier: Applier) => {
      const client = new KubeClient(server.connection);
      const onDrift = (finding: DriftFinding) => findings.push(finding);
      new DriftWatch({ client, discovery: new Discovery(client), applier, onDrift }).follow(stop.signal);
      return applier;
    };
    const watching = async (drift: DriftMode) => watch(await applied(drift));
    const found = () => expect.poll(() => findings.filter((finding) => finding.bundle === ns), soon);

    it("sets back what somebody changed and says who it was", async () => {
      const applier = await watching("repair");
      await user.edit(cm(), { data: { value: "user" } });
      await found().toMatchObject([
        { object: `v1|ConfigMap|${ns}|one`, change: "changed", owner: "somebody", outcome: "repaired" },
      ]);
      expect(await data()).toEqual({ value: "1" });
      expect((await applier.inventory()).get(ns)).toBe("h1");
    });

    it("makes again what somebody deleted", async () => {
      await watching("repair");
      await user.delete(cm());
      await found().toMatchObject([{ change: "deleted", outcome: "repaired" }]);
      expect(await data()).toEqual({ value: "1" });
    });

    it("notices what was deleted between the apply and the start of the watch", async () => {
      const applier = await applied("repair");
      await user.delete(cm());
      watch(applier);
      await found().toMatchObject([{ change: "deleted", outcome: "repaired" }]);
      expect(await data()).toEqual({ value: "1" });
    });

    it("can repair after a restart what was delivered again, though nothing had to be written", async () => {
      await applied("repair");
      const applier = await applied("repair");
      watch(applier);
      await user.delete(cm());
      await found().toMatchObject([{ change: "deleted", outcome: "repaired" }]);
    });

    it("takes a bundle out of the inventory whose content is not known after a restart", async () => {
      await applied("repair");
      const applier = newApplier("repair");
      expect((await applier.inventory()).get(ns)).toBe("h1");
      watch(applier);
      await user.edit(cm(), { data: { value: "user" } });
      await found().toMatchObject([
        { change: "changed", outcome: "left", problem: { code: "Drifted", owner: "somebody" } },
      ]);
      expect((await applier.inventory()).get(ns)).toBe("");
    });

    it("lets go what somebody took the marks off", async () => {
      const applier = await watching("repair");
      await user.edit(cm(), { metadata: { labels: { "app.kubernetes.io/managed-by": null } } });
      await found().toMatchObject([{ change: "released", outcome: "left", problem: { code: "NotOwned" } }]);
      expect((await applier.inventory()).get(ns)).not.toBe("h1");
      expect((await user.get(cm()))?.metadata.labels).not.toHaveProperty("app.kubernetes.io/managed-by");
    });

    it("only reports when told so, and counts the bundle as not in place", async () => {
      const applier = await watching("report");
      await user.edit(cm(), { data: { value: "user" } });
      await found().toMatchObject([
        { change: "changed", outcome: "left", problem: { code: "Drifted", owner: "somebody" } },
      ]);
      expect(await data()).toEqual({ value: "user" });
      expect((await applier.inventory()).get(ns)).not.toBe("h1");
    });

    it("takes neither its own writes nor fields that it does not own for drift", async () => {
      const applier = await watching("repair");
      const upsert = (hash: string, value: string) =>
        applier.reconcile({ revision: 2, upserts: [{ id: ns, hash, objects: [cm(value)] }], removes: [] });
      await user.edit(cm(), { data: { extra: "user" } });
      await upsert("h2", "2");
      await upsert("h3", "3");
      // Comes after all the above in the watch.
      await user.edit(cm(), { data: { value: "user" } });
      await found().toMatchObject([{ change: "changed", outcome: "repaired" }]);
      expect(await data()).toEqual({ value: "3", extra: "user" });
    });
  });
}
