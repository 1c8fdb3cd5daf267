import {
  Applier,
  type ApplierOptions,
  type Bundle,
  Discovery,
  type KubeAnswer,
  KubeClient,
  KubeError,
  type KubeObject,
  type KubeRequest,
} from "@heddle/kube";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ContractServer, configMap, namespace, Somebody } from "./contract-server.ts";

type Fault = (request: KubeRequest) => unknown;

/** A way to the API server that fails where a test says so: whatever `fault` throws, or resolves after. */
class FaultyClient extends KubeClient {
  readonly seen: string[] = [];
  fault: Fault = () => {};

  override async request<T>(request: KubeRequest): Promise<KubeAnswer<T>> {
    this.seen.push(`${request.method ?? "GET"} ${request.path}`);
    await this.fault(request);
    return super.request<T>(request);
  }
}

/** What the applier promises when the API server, or the way to it, fails. */
export function applierFaultsContract(name: string, start: () => Promise<ContractServer>): void {
  describe(`applier with faults on ${name}`, () => {
    let server: ContractServer;
    let user: Somebody;
    let client: FaultyClient;
    let applier: Applier;
    let sleeps: number[];
    let now = 0;
    let ns = "";
    let count = 0;

    const unreachable = () => new KubeError("Unreachable", "connection refused");
    const cm = (object: string, value = "1") => configMap(ns, object, { value });
    const bundle = (id: string, hash: string, ...objects: KubeObject[]): Bundle => ({
      id: `${ns}/${id}`,
      hash,
      objects,
    });
    const apply = (...upserts: Bundle[]) => applier.reconcile({ revision: 1, upserts, removes: [] });
    const newApplier = (options: Partial<ApplierOptions> = {}) => {
      client = new FaultyClient(server.connection);
      sleeps = [];
      const clock = {
        now: () => now,
        sleep: async (ms: number) => {
          sleeps.push(ms);
        },
      };
      return new Applier({ client, discovery: new Discovery(client), clock, random: () => 1, ...options });
    };

    beforeAll(async () => {
      server = await start();
      user = new Somebody(server.connection);
    });
    afterAll(() => server?.close());
    beforeEach(async () => {
      ns = `faults-${++count}`;
      await user.create(namespace(ns));
      applier = newApplier();
    });

    it("deletes nothing of a kind that could not be listed, and does when it can", async () => {
      await apply(bundle("a", "h1", cm("one")), bundle("b", "h1", cm("two")));
      applier = newApplier();
      client.fault = ({ path, method }) => {
        if (!method && path === "/api/v1/configmaps")
          throw new KubeError("ServerError", "etcd is away", { status: 500 });
      };
      const everything = {
        revision: 2,
        upserts: [bundle("a", "h1", cm("one"))],
        removes: [`${ns}/b`],
        complete: true,
      };
      await applier.reconcile(everything);
      expect(await user.get(cm("two"))).toBeDefined();
      client.fault = () => {};
      now += 30_000;
      await applier.reconcile(everything);
      expect(await user.get(cm("two"))).toBeUndefined();
      expect(await user.get(cm("one"))).toBeDefined();
    });

    it("does not ask at each delivery for what it may not list, nor for an API that is down", async () => {
      client.fault = ({ path, method }) => {
        if (!method && path === "/api/v1/secrets")
          throw new KubeError("Forbidden", "secrets is forbidden", { status: 403 });
        if (path === "/apis/policy/v1") throw new KubeError("ServerError", "no endpoints", { status: 503 });
      };
      const asked = () => client.seen.filter((line) => line === "GET /api/v1/secrets").length;
      const other = () => client.seen.filter((line) => !line.includes("configmaps")).length;
      await apply(bundle("a", "h1", cm("one")));
      expect(asked()).toBe(1);
      const before = other();
      for (const hash of ["h2", "h3", "h4"]) await apply(bundle("a", hash, cm("one", hash)));
      expect(other()).toBe(before);
      client.fault = ({ path, method }) => {
        if (!method && path === "/api/v1/secrets")
          throw new KubeError("Forbidden", "secrets is forbidden", { status: 403 });
      };
      now += 30_000;
      await apply(bundle("a", "h5", cm("one")));
      expect(asked()).toBe(2);
      now += 30_000;
      await apply(bundle("a", "h6", cm("one")));
      expect(asked()).toBe(2);
      now += 600_000;
      await apply(bundle("a", "h7", cm("one")));
      expect(asked()).toBe(3);
    });

    it("goes on when one API cannot be asked what it serves", async () => {
      client.fault = ({ path }) => {
        if (path === "/apis/policy/v1") throw new KubeError("ServerError", "no endpoints", { status: 503 });
      };
      const [report] = await apply(bundle("a", "h1", cm("one")));
      expect(report).toMatchObject({ objects: 1, problems: [] });
      expect((await applier.inventory()).get(`${ns}/a`)).toBe("h1");
    });

    it("says that nothing could be done when the API server is away, and loses nothing by it", async () => {
      await apply(bundle("a", "h1", cm("one")));
      applier = newApplier();
      client.fault = () => {
        throw unreachable();
      };
      const delivery = { revision: 2, upserts: [bundle("b", "h1", cm("two"))], removes: [`${ns}/a`] };
      const reports = await applier.reconcile(delivery);
      expect(reports.map((report) => [report.bundle, report.problems[0]?.code])).toEqual([
        [`${ns}/b`, "Unavailable"],
        [`${ns}/a`, "Unavailable"],
      ]);
      client.fault = () => {};
      expect(await user.get(cm("one"))).toBeDefined();
      const again = await applier.reconcile(delivery);
      expect(again.flatMap((report) => report.problems)).toEqual([]);
      expect(await user.get(cm("one"))).toBeUndefined();
    });

    it("tries again after 409, 429 and 5xx, and waits as long as it is told", async () => {
      await applier.inventory();
      const errors = [
        new KubeError("Throttled", "slow down", { status: 429, retryAfterMs: 7_000 }),
        new KubeError("ServerError", "leader changed", { status: 500 }),
        new KubeError("Conflict", "modified", { status: 409 }),
      ];
      client.fault = ({ method }) => {
        const error = method === "PATCH" ? errors.shift() : undefined;
        if (error) throw error;
      };
      const [report] = await apply(bundle("a", "h1", cm("one")));
      expect(report).toMatchObject({ objects: 1, problems: [] });
      expect(sleeps).toEqual([7_000, 400, 800]);
    });

    it("gives each object but one try when the API server went away in the middle", async () => {
      applier = newApplier({ parallel: 1 });
      await applier.inventory();
      client.fault = ({ method }) => {
        if (method === "PATCH") throw unreachable();
      };
      const objects = Array.from({ length: 20 }, (_, index) => cm(`o${index}`));
      const [report] = await apply(bundle("a", "h1", ...objects));
      expect(report?.problems.every((problem) => problem.code === "Unavailable")).toBe(true);
      expect(report?.problems).toHaveLength(20);
      expect(client.seen.filter((line) => line.startsWith("PATCH"))).toHaveLength(5 + 19);
    });

    it("reports a delete that failed and does it the next time", async () => {
      await apply(bundle("a", "h1", cm("one")));
      client.fault = ({ method }) => {
        if (method === "DELETE") throw unreachable();
      };
      const remove = { revision: 2, upserts: [], removes: [`${ns}/a`] };
      const [failed] = await applier.reconcile(remove);
      expect(failed?.problems).toMatchObject([{ code: "Unavailable", object: `v1|ConfigMap|${ns}|one` }]);
      client.fault = () => {};
      const [done] = await applier.reconcile(remove);
      expect(done?.problems).toEqual([]);
      expect(await user.get(cm("one"))).toBeUndefined();
    });

    it("does not try again what the API server refuses", async () => {
      await applier.inventory();
      const [report] = await apply(bundle("a", "h1", cm("Bad_Name")));
      expect(report?.problems).toMatchObject([{ code: "Rejected" }]);
      expect(sleeps).toEqual([]);
    });

    it("takes back what it wrote into an object that a user made at the same moment", async () => {
      await applier.inventory();
      client.fault = async ({ method }) => {
        if (method !== "PATCH") return;
        client.fault = () => {};
        await user.create(configMap(ns, "one", { other: "user" }));
      };
      const [report] = await apply(bundle("a", "h1", cm("one")));
      expect(report?.problems).toMatchObject([{ code: "NotOwned", owner: "somebody" }]);
      const object = await user.get(cm("one"));
      expect(object?.["data"]).toEqual({ other: "user" });
      expect(object?.metadata.labels).toBeUndefined();
      expect(object?.metadata.annotations).toBeUndefined();
    });

    it("does not delete what changed hands between the look and the delete", async () => {
      await apply(bundle("a", "h1", cm("one")));
      client.fault = async ({ method }) => {
        if (method !== "DELETE") return;
        client.fault = () => {};
        await user.edit(cm("one"), { metadata: { labels: { "app.kubernetes.io/managed-by": "user" } } });
      };
      const [report] = await applier.reconcile({ revision: 2, upserts: [], removes: [`${ns}/a`] });
      expect(report?.problems).toEqual([]);
      expect(await user.get(cm("one"))).toBeDefined();
    });

    it("says of a refused Secret which field it was and nothing of what is in it", async () => {
      const secret: KubeObject = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "Bad_Name", namespace: ns },
        data: { password: "aHVudGVyMg==" },
      };
      const [report] = await apply(bundle("a", "h1", secret));
      expect(report?.problems).toMatchObject([{ code: "Rejected", message: "Invalid: metadata.name" }]);
      expect(JSON.stringify(report)).not.toContain("aHVudGVyMg==");
    });
  });
}
