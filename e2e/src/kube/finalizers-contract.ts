import {
  Applier,
  Discovery,
  type DriftFinding,
  DriftWatch,
  type KubeAnswer,
  KubeClient,
  type KubeObject,
  type KubeRequest,
} from "@heddle/kube";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ContractServer, configMap, namespace, Somebody } from "./contract-server.ts";

const finalizer = "example.com/hold";
const soon = { timeout: 15_000, interval: 20 };

/** Counts what asks the API server to delete something. */
class CountingClient extends KubeClient {
  deletes = 0;

  override async request<T>(request: KubeRequest): Promise<KubeAnswer<T>> {
    if (request.method === "DELETE") this.deletes++;
    return super.request<T>(request);
  }
}

/** What happens to owned objects that somebody's finalizer keeps, on any API server. */
export function finalizersContract(name: string, start: () => Promise<ContractServer>): void {
  describe(`an owned object with a foreign finalizer on ${name}`, () => {
    let server: ContractServer;
    let user: Somebody;
    let client: CountingClient;
    let applier: Applier;
    let stop: AbortController;
    let findings: DriftFinding[];
    let ns = "";
    let count = 0;

    const cm = (value = "1"): KubeObject => configMap(ns, "one", { value });
    const newApplier = () => {
      client = new CountingClient(server.connection);
      return new Applier({ client, discovery: new Discovery(client) });
    };
    const bring = (hash: string, value: string) =>
      applier.reconcile({ revision: 1, upserts: [{ id: ns, hash, objects: [cm(value)] }], removes: [] });
    const take = () => applier.reconcile({ revision: 2, upserts: [], removes: [ns] });
    const hold = () => user.edit(cm(), { metadata: { finalizers: [finalizer] } });
    const letGo = () => user.edit(cm(), { metadata: { finalizers: null } });
    const watch = () => {
      const onDrift = (finding: DriftFinding) => findings.push(finding);
      new DriftWatch({ client, discovery: new Discovery(client), applier, onDrift }).follow(stop.signal);
    };
    const terminating = [{ code: "Terminating", owner: finalizer, object: expect.stringContaining("one") }];

    beforeAll(async () => {
      server = await start();
      user = new Somebody(server.connection);
    });
    afterAll(() => server?.close());
    beforeEach(async () => {
      ns = `finalizers-${++count}`;
      stop = new AbortController();
      findings = [];
      await user.create(namespace(ns));
      applier = newApplier();
      await bring("h1", "1");
      await hold();
    });
    afterEach(() => stop.abort(new Error("the test is over")));

    it("is not called removed while the finalizer is there, and is deleted but once", async () => {
      for (let round = 0; round < 3; round++)
        expect(await take()).toMatchObject([{ hash: "", objects: 1, problems: terminating }]);
      expect(client.deletes).toBe(1);
      expect((await applier.inventory()).get(ns)).toBe("");
      await letGo();
      expect(await take()).toEqual([{ bundle: ns, hash: "", revision: 2, objects: 0, problems: [] }]);
      expect(await user.get(cm())).toBeUndefined();
      expect((await applier.inventory()).has(ns)).toBe(false);
    });

    it("is known after a restart as something that is left", async () => {
      await take();
      applier = newApplier();
      expect((await applier.inventory()).get(ns)).toBe("");
      expect(await take()).toMatchObject([{ problems: terminating }]);
      expect(client.deletes).toBe(0);
    });

    it("is not made again by the watch when it goes at last", async () => {
      await take();
      watch();
      await letGo();
      await expect.poll(() => findings, soon).toMatchObject([{ outcome: "removed", bundle: ns }]);
      expect(await user.get(cm())).toBeUndefined();
    });

    it("is not called applied while it goes, and is made anew afterwards", async () => {
      await take();
      for (const hash of ["h1", "h2"])
        expect(await bring(hash, hash)).toMatchObject([{ problems: terminating }]);
      const before = await user.get(cm());
      await letGo();
      expect(await bring("h2", "h2")).toMatchObject([{ hash: "h2", objects: 1, problems: [] }]);
      const after = await user.get(cm());
      expect(after?.["data"]).toEqual({ value: "h2" });
      expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
    });

    it("deleted by hand is told at once, and made again once it is gone", async () => {
      watch();
      await user.delete(cm());
      await expect
        .poll(() => findings, soon)
        .toMatchObject([{ change: "deleted", outcome: "left", problem: terminating[0] }]);
      expect((await applier.inventory()).get(ns)).toBe("");
      await letGo();
      await expect
        .poll(() => findings.at(-1), soon)
        .toMatchObject({ change: "deleted", outcome: "repaired" });
      expect((await user.get(cm()))?.["data"]).toEqual({ value: "1" });
      expect((await applier.inventory()).get(ns)).toBe("h1");
    });
  });
}
