import {
  Engine,
  type Explanation,
  explainDestination,
  explainObjects,
  explainResource,
  explainWorkload,
} from "@heddle/core";
import { expect, test } from "vitest";
import { dialects } from "./index.ts";
import { changesOf } from "./testing/world-file.ts";

/** A world with one Istio cluster, in which the given policies were accepted one after the other. */
function worldOf(resources: string, mesh = "istio 1.30.3"): Engine {
  const engine = new Engine(dialects);
  engine.apply(
    changesOf(`
clusters:
  east:
    mesh: ${mesh}
    namespaces: { shop: { team: shop }, lab: { team: lab } }
    services:
      shop/reviews: { versions: [v1, v2] }
      shop/ratings: {}
      lab/probe: {}
resources:
${resources}`),
  );
  return engine;
}

function destination(engine: Engine, name = "reviews"): Explanation {
  const told = explainDestination(engine, "east", "shop", name);
  if (told === undefined) throw new Error(`there is no ${name}`);
  return told;
}

const layered = `
  - { kind: TrafficPolicy, name: wide, spec: { targets: [{ namespaces: [shop] }], defaults: { timeout: { request: 9s }, retries: { attempts: 3 } } } }
  - { kind: TrafficPolicy, name: younger, spec: { targets: [{ namespaces: [shop] }], defaults: { timeout: { request: 8s } } } }
  - { kind: TrafficPolicy, name: named, spec: { targets: [{ name: reviews, namespace: shop }], rules: [{ split: [{ version: v1 }], timeout: { request: 1s } }] } }
`;

test("the chain stands in rank order, each with the reason why it stands before the next", () => {
  const { chain } = destination(worldOf(layered));
  expect(chain.map(({ resource, rank }) => [resource, rank])).toEqual([
    ["TrafficPolicy/default/named", 1],
    ["TrafficPolicy/default/wide", 2],
    ["TrafficPolicy/default/younger", 3],
  ]);
  expect(chain.map(({ before }) => before)).toEqual([
    "it names the target more narrowly (by name, not by namespace)",
    "it was accepted earlier",
    undefined,
  ]);
  expect(chain[0]?.reason).toBe(
    "producer, names the target by name, every client, accepted 2026-01-01T00:00:02Z",
  );
});

test("a field names who says it and everyone who lost, overridden or in conflict", () => {
  const engine = worldOf(layered);
  const [rule] = destination(engine).clients[0]?.rules ?? [];
  const timeout = rule?.fields.find(({ field }) => field === "timeout.request");
  expect(timeout).toMatchObject({
    value: "1s",
    from: [{ resource: "TrafficPolicy/default/named", path: "spec.rules[0].timeout.request" }],
  });
  expect(timeout?.lost.map(({ resource, value, outcome }) => [resource, value, outcome])).toEqual([
    ["TrafficPolicy/default/wide", "9s", "overridden"],
    ["TrafficPolicy/default/younger", "8s", "overridden"],
  ]);
  const [unnamed] = destination(engine, "ratings").clients[0]?.rules ?? [];
  expect(unnamed?.fields.find(({ field }) => field === "timeout.request")?.lost).toEqual([
    {
      resource: "TrafficPolicy/default/younger",
      path: "spec.defaults.timeout.request",
      value: "8s",
      outcome: "conflicted",
      why: "TrafficPolicy/default/wide is heard first: it was accepted earlier",
    },
  ]);
});

test("clients of a class have an explanation of their own, and a consumer is heard first for its own", () => {
  const engine = worldOf(`
  - { kind: Workspace, name: shop-team, spec: { owns: [{ namespaces: [shop] }], exports: [{ workspaces: ["*"] }] } }
  - { kind: Workspace, name: lab-team, spec: { owns: [{ namespaces: [lab] }], imports: [{ workspace: shop-team }] } }
  - { kind: TrafficPolicy, name: producer, workspace: shop-team, spec: { targets: [{ name: reviews, namespace: shop }], defaults: { timeout: { request: 2s } } } }
  - { kind: TrafficPolicy, name: consumer, workspace: lab-team, spec: { targets: [{ namespaces: [shop] }], defaults: { timeout: { request: 20s } } } }
`);
  const told = destination(engine);
  expect(told.chain.map(({ resource, before }) => [resource, before])).toEqual([
    ["TrafficPolicy/lab-team/consumer", "a consumer's policy is heard before the producer's"],
    ["TrafficPolicy/shop-team/producer", undefined],
  ]);
  const timeouts = told.clients.map(({ clients, rules }) => [
    clients,
    rules.at(-1)?.fields.map(({ value, lost }) => [value, lost.map(({ value: other }) => other)]),
  ]);
  expect(timeouts).toEqual([
    [{ namespaces: ["lab"] }, [["20s", ["2s"]]]],
    [{}, [["2s", []]]],
  ]);
});

test("what is shadowed, kept out or refused is told with its reason", () => {
  const engine = worldOf(`
  - { kind: TrafficPolicy, name: first, spec: { targets: [{ name: reviews, namespace: shop }], rules: [{ split: [{ version: v1 }] }] } }
  - { kind: TrafficPolicy, name: second, spec: { targets: [{ name: reviews, namespace: shop }], rules: [{ split: [{ version: v2 }] }] } }
`);
  expect(destination(engine).unheard).toMatchObject([
    { resource: "TrafficPolicy/default/second", path: "spec.rules[0]", outcome: "shadowed" },
  ]);
  const linkerd = worldOf(
    `
  - { kind: TrafficPolicy, name: strict, spec: { targets: [{ name: reviews, namespace: shop }], onUnsupported: reject, rules: [{ mirror: [{ version: v2 }] }] } }
`,
    "linkerd 2.18.0",
  );
  expect(destination(linkerd)).toMatchObject({
    unheard: [{ resource: "TrafficPolicy/default/strict", outcome: "keptOut" }],
    objects: [],
  });
});

test("authentication says which level won, and access lists every rule and the default", () => {
  const engine = worldOf(`
  - { kind: AuthenticationPolicy, name: everywhere, spec: { targets: [{ kind: Mesh }], mtls: { mode: STRICT } } }
  - { kind: AuthenticationPolicy, name: legacy, spec: { targets: [{ name: reviews, namespace: shop }], mtls: { mode: PERMISSIVE } } }
  - { kind: AccessPolicy, name: callers, spec: { action: ALLOW, targets: [{ name: reviews, namespace: shop }], from: [{ serviceAccounts: [shop/ratings] }] } }
`);
  const told = destination(engine);
  expect(told.authentication).toEqual([
    {
      field: "mtls.mode",
      value: "PERMISSIVE",
      from: [{ resource: "AuthenticationPolicy/default/legacy", path: "spec.mtls.mode" }],
      lost: [
        {
          resource: "AuthenticationPolicy/default/everywhere",
          path: "spec.mtls.mode",
          value: "STRICT",
          outcome: "overridden",
          why: "AuthenticationPolicy/default/legacy says it for the destination, this one for the mesh",
        },
      ],
    },
  ]);
  expect(told.access).toMatchObject([
    { resource: "AccessPolicy/default/callers", action: "ALLOW", level: "destination" },
  ]);
  expect(told.defaultAccess.value).toBe("allow");
});

test("a workload hears its own policies, those of its Services and those of its mesh", () => {
  const engine = worldOf(`
  - { kind: AuthenticationPolicy, name: everywhere, spec: { targets: [{ kind: Mesh }], mtls: { mode: STRICT } } }
  - { kind: AccessPolicy, name: callers, spec: { action: ALLOW, targets: [{ name: reviews, namespace: shop }] } }
  - { kind: AccessPolicy, name: own, spec: { action: DENY, targets: [{ kind: Workload, name: reviews-v1, namespace: shop }], from: [{ namespaces: [lab] }] } }
`);
  const keys = (name: string) =>
    explainWorkload(engine, "east", "shop", name)?.chain.map(({ resource }) => resource);
  expect(keys("reviews-v1")).toEqual([
    "AccessPolicy/default/callers",
    "AccessPolicy/default/own",
    "AuthenticationPolicy/default/everywhere",
  ]);
  expect(keys("reviews-v2")).toEqual([
    "AccessPolicy/default/callers",
    "AuthenticationPolicy/default/everywhere",
  ]);
  expect(explainWorkload(engine, "east", "shop", "nobody")).toBeUndefined();
});

test("an object names the resource and field behind each of its fields", () => {
  const engine = worldOf(layered);
  const [told, ...more] = explainObjects(engine, {
    kind: "virtualservice",
    namespace: "shop",
    name: "reviews",
  });
  expect(more).toEqual([]);
  expect(told?.cluster).toBe("east");
  expect(told?.fields.map(({ field }) => field)).toEqual(["spec.hosts", "spec.http"]);
  expect(told?.fields[1]?.from).toContainEqual({
    resource: "TrafficPolicy/default/wide",
    path: "spec.defaults.retries",
  });
  expect(explainObjects(engine, { kind: "Gateway", namespace: "shop", name: "reviews" })).toEqual([]);
});

test("a resource says per thing it bears on what it won and lost", () => {
  const engine = worldOf(layered);
  const { effects, left } = explainResource(engine, "TrafficPolicy/default/wide", { limit: 10 });
  expect(left).toBe(0);
  expect(
    effects.map(({ name, rank, of, won, lost }) => ({
      at: `${name} ${rank}/${of}`,
      won: won.map(({ field }) => field),
      lost: lost.map(({ field, to }) => `${field} to ${to[0]?.resource}`),
    })),
  ).toEqual([
    { at: "shop/ratings 1/2", won: ["timeout.request", "retries"], lost: [] },
    {
      at: "shop/reviews 2/3",
      won: ["retries"],
      lost: ["timeout.request to TrafficPolicy/default/named"],
    },
  ]);
  expect(explainResource(engine, "TrafficPolicy/default/wide", { limit: 1 }).left).toBe(1);
  expect(explainResource(engine, "TrafficPolicy/default/none", { limit: 1 })).toEqual({
    effects: [],
    left: 0,
  });
});

test("an object as it is has one field, and says whom it replaced", () => {
  const engine = worldOf(`
  - kind: RawConfig
    name: own
    spec:
      dialect: istio
      manifest: { apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: reviews, namespace: shop }, spec: { hosts: [reviews] } }
  - { kind: TrafficPolicy, name: late, spec: { targets: [{ name: reviews, namespace: shop }], defaults: { timeout: { request: 1s } } } }
`);
  const [object] = explainObjects(engine, { kind: "virtualservice", namespace: "shop", name: "reviews" });
  expect(object?.fields).toMatchObject([
    { field: "whole object", from: [{ resource: "RawConfig/default/own", path: "spec.manifest" }] },
  ]);
  expect(new Set(object?.fields[0]?.lost.map(({ resource }) => resource))).toEqual(
    new Set(["TrafficPolicy/default/late"]),
  );
  expect(explainResource(engine, "RawConfig/default/own", { limit: 10 }).effects).toMatchObject([
    {
      cluster: "east",
      kind: "raw",
      name: "default/own",
      reason: "it is written as it is",
      objects: ["networking.istio.io/v1|VirtualService|shop|reviews"],
    },
  ]);
});

test("extensions have no rank, and those of others are refused with the reason", () => {
  const engine = worldOf(`
  - { kind: Workspace, name: shop, spec: { owns: [{ namespaces: [shop] }], exports: [{ workspaces: [lab] }] } }
  - { kind: Workspace, name: lab, spec: { owns: [{ namespaces: [lab] }], imports: [{ workspace: shop }] } }
  - { kind: ExtensionPolicy, name: own, workspace: shop, spec: { targets: [{ name: reviews, namespace: shop }], lua: [{ name: a, code: "-- a" }] } }
  - { kind: ExtensionPolicy, name: foreign, workspace: lab, spec: { targets: [{ name: reviews, namespace: shop }], lua: [{ name: a, code: "-- a" }] } }
`);
  const { chain, unheard, objects } = destination(engine);
  expect(chain.map(({ resource, rank }) => [resource, rank])).toEqual([
    ["ExtensionPolicy/lab/foreign", undefined],
    ["ExtensionPolicy/shop/own", undefined],
  ]);
  expect(unheard).toMatchObject([{ resource: "ExtensionPolicy/lab/foreign", outcome: "refused" }]);
  expect(objects).toHaveLength(1);
});

test("a machine is explained as itself", () => {
  const engine = worldOf(`
  - { kind: ExternalWorkload, name: vm, spec: { namespace: shop, addresses: [10.0.0.1], ports: [{ port: 80 }], identity: { serviceAccount: reviews }, cluster: east } }
`);
  expect(explainResource(engine, "ExternalWorkload/default/vm", { limit: 10 }).effects).toMatchObject([
    {
      kind: "machine",
      name: "default/vm",
      reason: "it is the machine that joins",
      objects: ["networking.istio.io/v1|WorkloadEntry|shop|vm.machine"],
    },
  ]);
});
