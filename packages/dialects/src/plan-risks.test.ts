import { resourceKey } from "@heddle/api";
import { type Change, Engine, type Plan, planChanges, planIn, summaryOf } from "@heddle/core";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { dialects } from "./index.ts";
import { changesOf, resourceOf } from "./testing/world-file.ts";

const base = `
clusters:
  east:
    mesh: istio 1.30.3
    services:
      shop/reviews: { versions: [v1, v2] }
      shop/ratings: {}
      shop/web: {}
      old/batch: { meshed: false }
  west:
    mesh: istio 1.30.3
    services:
      shop/reviews: { versions: [v1] }
      shop/web: {}
resources:
`;

/** What these resources would do on top of others; `undefined` as a spec deletes. */
function plan(present: string, ...edits: readonly string[]): Plan {
  const engine = new Engine(dialects);
  engine.apply(changesOf(`${base}${present}`));
  return planChanges(
    engine,
    edits.map((text): Change => {
      const edit = parse(text) as { kind: string; name: string; spec?: object };
      const resource =
        edit.spec && resourceOf({ ...edit, spec: edit.spec, created: "2026-06-01T00:00:00Z" }, 0);
      const key = resourceKey({ kind: edit.kind, metadata: { workspace: "default", name: edit.name } });
      return { kind: "resource", key, resource };
    }),
  );
}

const canary = (v1: number, v2: number) =>
  `{ kind: TrafficPolicy, name: canary, spec: { targets: [{ name: reviews, namespace: shop }], rules: [{ split: [{ version: v1, weight: ${v1} }, { version: v2, weight: ${v2} }], timeout: { request: 3s } }] } }`;
const listed = (text: string) => `  - ${text}\n`;
const risksOf = ({ risks }: Plan) =>
  risks.map(({ code, clusters, destinations, clients }) => ({ code, clusters, destinations, clients }));

describe("traffic", () => {
  it("names the versions that nothing runs, only where that is so", () => {
    const { risks } = plan("", canary(90, 10));
    expect(risks).toMatchObject([
      {
        code: "NO_BACKENDS",
        clusters: ["west"],
        destinations: ["shop/reviews"],
        reason:
          "no workload with version=v2 is behind shop/reviews; 10 % of the requests that the rule takes fail",
        because: [{ resource: "TrafficPolicy/default/canary", path: "spec.rules[0].split[1]" }],
      },
    ]);
  });

  it("says when no backend at all is left, and when a Service is missing", () => {
    const all = `{ kind: TrafficPolicy, name: t, spec: { targets: [{ name: reviews, namespace: shop }], rules: [{ split: [{ version: v9 }] }] } }`;
    expect(plan("", all).risks[0]?.reason).toContain("no other backend");
    const missing = `{ kind: TrafficPolicy, name: t, spec: { targets: [{ name: reviews, namespace: shop }], rules: [{ split: [{ destination: { name: ratings } }] }] } }`;
    expect(risksOf(plan("", missing))).toEqual([
      { code: "BACKEND_MISSING", clusters: ["west"], destinations: ["shop/reviews"], clients: [] },
    ]);
  });

  it("looks at route tables as well, with those that they delegate to", () => {
    const bound = `
  - { kind: Gateway, name: entrance, spec: { selector: { labels: { app: reviews } }, listeners: [{ name: http, port: 80, protocol: HTTP }] } }
  - { kind: RouteTable, name: root, spec: { gateways: [{ name: entrance }], hosts: [shop.example], rules: [{ delegate: { name: part } }] } }`;
    const part = `{ kind: RouteTable, name: part, spec: { rules: [{ split: [{ destination: { name: gone, namespace: shop } }] }] } }`;
    expect(plan(bound, part).risks).toMatchObject([
      {
        code: "BACKEND_MISSING",
        destinations: ["shop/gone"],
        because: [{ resource: "RouteTable/default/part", path: "spec.rules[0].split[0]" }],
      },
    ]);
  });

  it("does not repeat a risk that is there already", () => {
    expect(plan(listed(canary(90, 10)), canary(90, 10)).risks).toEqual([]);
    expect(risksOf(plan(listed(canary(100, 0)), canary(90, 10)))).toMatchObject([{ code: "NO_BACKENDS" }]);
  });

  it("blames exactly the field that was edited", () => {
    const { objects } = plan(listed(canary(90, 10)), canary(50, 10));
    expect(objects).toMatchObject([
      {
        clusters: ["east", "west"],
        object: "networking.istio.io/v1|VirtualService|shop|reviews",
        action: "change",
        because: [{ resource: "TrafficPolicy/default/canary", path: "spec.rules[0].split[0].weight" }],
      },
    ]);
  });

  it("counts objects in every cluster, and tells of some clusters only", () => {
    const planned = plan("", canary(90, 10));
    expect(summaryOf(planned)).toEqual({ create: 4, change: 0, delete: 0, clusters: 2 });
    expect(summaryOf(planIn(planned, ["east"]))).toEqual({ create: 2, change: 0, delete: 0, clusters: 1 });
    expect(planIn(planned, ["east"]).risks).toEqual([]);
    const removed = plan(listed(canary(90, 10)), "{ kind: TrafficPolicy, name: canary }");
    expect(summaryOf(removed)).toEqual({ create: 0, change: 0, delete: 4, clusters: 2 });
  });

  it("tells conflicts and shadowed rules that are new, and verdicts that differ", () => {
    const other = `{ kind: TrafficPolicy, name: later, spec: { targets: [{ name: reviews, namespace: shop }], rules: [{ split: [{ version: v1 }] }], defaults: { retries: { attempts: 1 } } } }`;
    const older = `{ kind: TrafficPolicy, name: early, spec: { targets: [{ name: reviews, namespace: shop }], rules: [{ split: [{ version: v1 }] }], defaults: { retries: { attempts: 2 } } } }`;
    const planned = plan(listed(older), other);
    expect(planned.conflicts).toMatchObject([
      {
        winner: { resource: "TrafficPolicy/default/early", path: "spec.defaults.retries" },
        loser: { resource: "TrafficPolicy/default/later", path: "spec.defaults.retries" },
      },
    ]);
    expect(planned.findings).toMatchObject([
      { code: "SHADOWED_RULE", resource: "TrafficPolicy/default/later" },
    ]);
    expect(planned.verdicts).toEqual([]);
  });
});

describe("access", () => {
  const allow = (from: string, extra = "") =>
    `{ kind: AccessPolicy, name: callers, spec: { action: ALLOW, targets: [{ name: reviews, namespace: shop }], from: [{ ${from} }]${extra} } }`;

  it("lists the clients that a first ALLOW shuts out, not the destination's own", () => {
    expect(risksOf(plan("", allow("serviceAccounts: [shop/web]")))).toEqual([
      {
        code: "CLIENTS_SHUT_OUT",
        clusters: ["east"],
        destinations: ["shop/reviews"],
        clients: ["old/batch", "shop/ratings"],
      },
    ]);
  });

  it("sees nothing lost when an ALLOW is added to others, and something when one is taken away", () => {
    const other = listed(allow("serviceAccounts: [shop/ratings]"));
    const second = allow("serviceAccounts: [shop/web]").replace("callers", "more");
    expect(plan(other, second).risks).toEqual([]);
    const both = other + listed(second);
    expect(risksOf(plan(both, "{ kind: AccessPolicy, name: more }"))).toMatchObject([
      { code: "CLIENTS_SHUT_OUT", clusters: ["east", "west"], clients: ["shop/web"] },
    ]);
    const opened = plan(other, "{ kind: AccessPolicy, name: callers }");
    expect(opened.risks).toEqual([]);
  });

  it("tells clients that keep a part from those that keep nothing", () => {
    const planned = plan("", allow("serviceAccounts: [shop/web]", ", to: [{ methods: [GET] }]"));
    expect(risksOf(planned)).toMatchObject([
      { code: "CLIENTS_SHUT_OUT", clusters: ["east"], clients: ["old/batch", "shop/ratings"] },
      { code: "CLIENTS_RESTRICTED", clusters: ["east", "west"], clients: ["shop/web"] },
    ]);
  });

  it("never counts on a dry run", () => {
    expect(plan("", allow("serviceAccounts: [shop/web]", ", dryRun: true")).risks).toEqual([]);
  });
});

describe("authentication", () => {
  const mode = (target: string, value: string) =>
    `{ kind: AuthenticationPolicy, name: mtls, spec: { targets: [{ ${target} }], mtls: { mode: ${value} } } }`;

  it("names the workloads without a proxy when mTLS becomes required, once for all destinations", () => {
    expect(plan("", mode("kind: Mesh", "STRICT")).risks).toMatchObject([
      {
        code: "CLIENTS_NOT_MESHED",
        clusters: ["east"],
        destinations: ["shop/ratings", "shop/reviews", "shop/web"],
        clients: ["old/batch-v1"],
        because: [{ resource: "AuthenticationPolicy/default/mtls", path: "spec.mtls.mode" }],
      },
    ]);
  });

  it("is silent where it was required before, or is not", () => {
    expect(plan("", mode("kind: Mesh", "PERMISSIVE")).risks).toEqual([]);
    const strict = listed(mode("kind: Mesh", "STRICT"));
    expect(
      plan(strict, mode("name: reviews, namespace: shop", "STRICT").replace("mtls,", "named,")).risks,
    ).toEqual([]);
  });

  it("says that requests need a token from now on", () => {
    const jwt = `{ kind: AuthenticationPolicy, name: jwt, spec: { targets: [{ name: reviews, namespace: shop }], jwt: [{ issuer: "https://idp.example", jwks: { uri: "https://idp.example/keys" } }] } }`;
    expect(plan("", jwt).risks).toMatchObject([
      { code: "TOKEN_REQUIRED", clusters: ["east", "west"], destinations: ["shop/reviews"] },
    ]);
  });
});
