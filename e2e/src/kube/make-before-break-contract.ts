import { Applier, type Bundle, Discovery, KubeClient, type KubeObject } from "@heddle/kube";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ContractServer, namespace, Somebody } from "./contract-server.ts";

const group = "networking.istio.io";
const subsetsIn = (object: KubeObject | undefined) =>
  (object?.["spec"] as { subsets: readonly { name: string }[] } | undefined)?.subsets.map(({ name }) => name);
const routeIn = (object: KubeObject | undefined) =>
  (object?.["spec"] as { to: readonly string[] } | undefined)?.to;

/** What is in the cluster while the applier waits: routes never lead to what is not there. */
export function makeBeforeBreakContract(name: string, start: () => Promise<ContractServer>): void {
  describe(`routes and what they lead to on ${name}`, () => {
    let server: ContractServer;
    let user: Somebody;
    let ns = "";
    let applier: Applier;
    let count = 0;
    let pauses: { subsets: readonly string[] | undefined; route: readonly string[] | undefined }[] = [];
    let killed = false;

    const rule = (...subsets: string[]) =>
      object("DestinationRule", { subsets: subsets.map((each) => ({ name: each })) });
    const route = (...to: string[]) => object("VirtualService", { to });
    const object = (kind: string, spec: object): KubeObject => ({
      apiVersion: `${group}/v1`,
      kind,
      metadata: { name: "web", namespace: ns },
      spec,
    });
    const bundle = (hash: string, ...objects: KubeObject[]): Bundle => ({ id: `${ns}/web`, hash, objects });
    const apply = (...upserts: Bundle[]) => applier.reconcile({ revision: 1, upserts, removes: [] });
    const newApplier = () => {
      const client = new KubeClient(server.connection);
      const clock = {
        now: () => Date.now(),
        sleep: async () => {
          if (killed) throw new Error("killed");
          pauses.push({
            subsets: subsetsIn(await user.get(rule())),
            route: routeIn(await user.get(route())),
          });
        },
      };
      return new Applier({ client, discovery: new Discovery(client), clock, settleMs: 1 });
    };

    beforeAll(async () => {
      server = await start();
      user = new Somebody(server.connection);
      for (const kind of ["DestinationRule", "VirtualService"]) await user.create(crd(kind));
    });
    afterAll(() => server?.close());
    beforeEach(async () => {
      ns = `break-${++count}`;
      await user.create(namespace(ns));
      [applier, pauses, killed] = [newApplier(), [], false];
    });

    it("makes a subset a while before a route leads to it", async () => {
      await apply(bundle("h1", rule("v1"), route("v1")));
      pauses = [];
      await apply(bundle("h2", rule("v1", "v2"), route("v1", "v2")));
      expect(pauses).toEqual([{ subsets: ["v1", "v2"], route: ["v1"] }]);
      expect(routeIn(await user.get(route()))).toEqual(["v1", "v2"]);
    });

    it("keeps a subset until a while after no route leads to it, also after a restart", async () => {
      for (const restarted of [false, true]) {
        await apply(bundle("h1", rule("v1", "v2"), route("v2")));
        if (restarted) applier = newApplier();
        pauses = [];
        const [report] = await apply(bundle("h2", rule("v1"), route("v1")));
        expect(pauses).toEqual([{ subsets: ["v1", "v2"], route: ["v1"] }]);
        expect(subsetsIn(await user.get(rule()))).toEqual(["v1"]);
        expect(report).toMatchObject({ hash: "h2", objects: 2, problems: [] });
        expect((await applier.inventory()).get(`${ns}/web`)).toBe("h2");
      }
    });

    it("keeps what the old route leads to where the new one is refused", async () => {
      await apply(bundle("h1", rule("v1", "v2"), route("v2")));
      const refused = { ...route("v1"), spec: { to: "nowhere" } };
      const [report] = await apply(bundle("h2", rule("v1"), refused));
      expect(report?.problems).toMatchObject([{ code: "Rejected" }]);
      expect(subsetsIn(await user.get(rule()))).toEqual(["v1", "v2"]);
      expect(routeIn(await user.get(route()))).toEqual(["v2"]);
      await apply(bundle("h3", rule("v1"), route("v1")));
      expect(subsetsIn(await user.get(rule()))).toEqual(["v1"]);
      expect((await applier.inventory()).get(`${ns}/web`)).toBe("h3");
    });

    it("changes one version for another without a moment in which the route leads nowhere", async () => {
      await apply(bundle("h1", rule("v1"), route("v1")));
      pauses = [];
      await apply(bundle("h2", rule("v2"), route("v2")));
      expect(pauses).toEqual([
        { subsets: ["v2", "v1"], route: ["v1"] },
        { subsets: ["v2", "v1"], route: ["v2"] },
      ]);
      expect(subsetsIn(await user.get(rule()))).toEqual(["v2"]);
    });

    it("removes the route a while before what it led to", async () => {
      await apply(bundle("h1", rule("v1"), route("v1")));
      pauses = [];
      await applier.reconcile({ revision: 2, upserts: [], removes: [`${ns}/web`] });
      expect(pauses).toEqual([{ subsets: ["v1"], route: undefined }]);
      expect(await user.get(rule())).toBeUndefined();
    });

    it("does not wait where routes lead to nothing new, or do not change", async () => {
      await apply(bundle("h1", rule("v1", "v2"), route("v1")));
      pauses = [];
      await apply(bundle("h2", rule("v1", "v2"), route("v2")));
      applier = newApplier();
      await apply(bundle("h3", rule("v1", "v2"), route("v1")));
      expect(pauses).toEqual([]);
    });

    it("that ends while it waits does not count the bundle as in place, and ends it when it is delivered again", async () => {
      await apply(bundle("h1", rule("v1", "v2"), route("v2")));
      killed = true;
      await expect(apply(bundle("h2", rule("v1"), route("v1")))).rejects.toThrow("killed");
      [applier, killed] = [newApplier(), false];
      expect((await applier.inventory()).get(`${ns}/web`)).toBe("");
      await apply(bundle("h2", rule("v1"), route("v1")));
      expect(subsetsIn(await user.get(rule()))).toEqual(["v1"]);
      expect((await applier.inventory()).get(`${ns}/web`)).toBe("h2");
    });
  });
}

/** A kind of Istio's that takes whatever it is given, but for `to`. */
function crd(kind: string): KubeObject {
  const plural = `${kind.toLowerCase()}s`;
  const to = { type: "array", items: { type: "string" } };
  const anything = { type: "object", properties: { to }, "x-kubernetes-preserve-unknown-fields": true };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.${group}`,
      annotations: { "api-approved.kubernetes.io": "unapproved, for a test" },
    },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec: anything } } },
        },
      ],
    },
  };
}
