import { type Fact, type FactKey, factKey, fact as factSchema } from "@heddle/api";
import { detectors } from "@heddle/dialects/detectors";
import fc from "fast-check";
import { beforeEach, describe, expect, it, test } from "vitest";
import { FactTable, type TemplateKind } from "./fact-table.ts";
import type { NamespaceSeen, PodSeen, ServiceSeen, TemplateSeen } from "./projections.ts";

/** One thing that a watch says. */
type Event = (table: FactTable) => void;

const namespaces = ["a", "b", "istio-system", "linkerd"];
const names = ["one", "two"];
const apis = ["networking.istio.io/v1", "security.istio.io/v1", "policy.linkerd.io/v1alpha1"];

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });
const revisionLabels = fc.constantFrom(
  {},
  { "istio.io/rev": "canary" },
  { "istio.io/rev": "default" },
  { "istio-injection": "enabled" },
  { "linkerd.io/control-plane-ns": "linkerd" },
);
const key = fc
  .tuple(fc.constantFrom(...namespaces), fc.constantFrom(...names))
  .map((parts) => parts.join("/"));

const namespaceSeen: fc.Arbitrary<NamespaceSeen> = fc.record({
  labels: revisionLabels,
  annotations: fc.constantFrom({}, { "linkerd.io/inject": "enabled" }),
  terminating: fc.boolean(),
});

const serviceSeen = (name: string): fc.Arbitrary<ServiceSeen> =>
  fc.record({ gateway: fc.boolean(), port: fc.integer({ min: 1, max: 3 }) }).map(({ gateway, port }) => ({
    fact: {
      kind: "Destination",
      namespace: name.split("/")[0] ?? "",
      name: name.split("/")[1] ?? "",
      labels: {},
      selector: gateway ? { istio: "ingressgateway" } : { app: name.split("/")[1] ?? "" },
      ports: [{ port, protocol: "TCP" }],
      headless: false,
    },
    addresses: gateway ? ["192.0.2.1"] : [],
  }));

const controlPlane = fc.constantFrom(
  undefined,
  { labels: { app: "istiod", "istio.io/rev": "default" }, images: ["istio/pilot:1.30.3"] },
  { labels: { app: "istiod", "istio.io/rev": "canary" }, images: ["istio/pilot:1.31.0"] },
  { labels: { "linkerd.io/control-plane-component": "destination" }, images: ["l5d/controller:edge-25.4.4"] },
);
const templateSeen: fc.Arbitrary<TemplateSeen> = fc.record({
  labels: revisionLabels,
  annotations: fc.constantFrom({}, { "linkerd.io/inject": "enabled" }),
  serviceAccount: fc.constantFrom("default", "web"),
  ports: fc.constant([]),
  controlPlane,
});

const podSeen: fc.Arbitrary<PodSeen> = fc.record({
  owner: fc.constantFrom("Deployment.one", "StatefulSet.two", "Job.one", "Pod.one", "Node.n"),
  ready: fc.boolean(),
  labels: revisionLabels,
  annotations: fc.constantFrom({}, { "istio.io/rev": "canary" }),
  containers: fc.constantFrom("app", "app,istio-proxy", "app,linkerd-proxy"),
  own: fc.constantFrom(undefined, { serviceAccount: "job", ports: [] }),
});

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.tuple(fc.constantFrom(...namespaces), maybe(namespaceSeen)).map(
    ([name, seen]): Event =>
      (table) =>
        table.namespace(name, seen),
  ),
  key
    .chain((name) => fc.tuple(fc.constant(name), maybe(serviceSeen(name))))
    .map(
      ([name, seen]): Event =>
        (table) =>
          table.service(name, seen),
    ),
  fc
    .tuple(fc.constantFrom<TemplateKind>("Deployment", "StatefulSet", "DaemonSet"), key, maybe(templateSeen))
    .map(
      ([kind, name, seen]): Event =>
        (table) =>
          table.template(kind, name, seen),
    ),
  fc.tuple(key, maybe(podSeen)).map(
    ([name, seen]): Event =>
      (table) =>
        table.pod(name, seen),
  ),
  fc.subarray(apis).map(
    (some): Event =>
      (table) =>
        table.apis(new Set(some)),
  ),
  fc.constantFrom("", "trustDomain: example.org", "identityTrustDomain: example.org").map(
    (text): Event =>
      (table) => {
        for (const { namespace, name } of table.wantedConfigMaps())
          table.configMap(`${namespace}/${name}`, { mesh: text, values: text });
      },
  ),
);

/** Reads every ConfigMap that is wanted: what the watch does before a mesh is told. */
function readSettings(table: FactTable): void {
  for (const { namespace, name } of table.wantedConfigMaps())
    table.configMap(`${namespace}/${name}`, { mesh: "rootNamespace: istio-config" });
}

const sorted = (facts: Iterable<Fact>) =>
  [...facts].map((fact) => [factKey(fact), fact] as const).sort(([a], [b]) => (a < b ? -1 : 1));

test("what changes add up to is what a table that saw only the end says", () => {
  fc.assert(
    fc.property(fc.array(fc.array(event, { maxLength: 6 }), { maxLength: 8 }), (batches) => {
      const table = new FactTable(detectors);
      const told = new Map<FactKey, Fact>();
      const settle = () => {
        const { upserts, deletes } = table.settle();
        for (const fact of upserts) told.set(factKey(fact), fact);
        for (const gone of deletes) expect(told.delete(gone)).toBe(true);
      };
      for (const batch of batches) {
        for (const happen of batch) happen(table);
        settle();
      }
      readSettings(table);
      settle();
      const full = new FactTable(detectors);
      for (const happen of batches.flat()) happen(full);
      readSettings(full);
      full.settle();
      expect(sorted(told.values())).toEqual(sorted(full.facts()));
      expect(sorted(table.facts())).toEqual(sorted(full.facts()));
      for (const fact of told.values()) expect(factSchema.parse(fact)).toEqual(fact);
    }),
    { numRuns: Number(process.env["HEDDLE_PROPERTY_RUNS"] ?? 300) },
  );
});

describe("meshes", () => {
  let table: FactTable;
  const put = (namespace: string, name: string, labels: Record<string, string>, image: string) =>
    table.template("Deployment", `${namespace}/${name}`, template({ labels, images: [image] }));
  const istiod = (revision: string, version: string) =>
    put(
      "istio-system",
      `istiod-${revision}`,
      { app: "istiod", "istio.io/rev": revision },
      `istio/pilot:${version}`,
    );
  const pod = (name: string, containers: string, marks: Partial<PodSeen> = {}) =>
    table.pod(`shop/${name}`, {
      owner: `Pod.${name}`,
      ready: true,
      labels: {},
      annotations: {},
      containers,
      own: { serviceAccount: "default", ports: [] },
      ...marks,
    });
  const meshOf = (name: string) =>
    table.facts().find((fact) => fact.kind === "Workload" && fact.name === name);

  beforeEach(() => {
    table = new FactTable(detectors);
    table.apis(new Set(["networking.istio.io/v1"]));
    table.namespace("shop", { labels: { "istio.io/rev": "prod" }, annotations: {}, terminating: false });
  });

  it("are told with their settings only, and as they were until then", () => {
    istiod("default", "1.30.3");
    expect(table.unreadConfigMaps()).toEqual(["istio-system/istio"]);
    expect(table.settle().upserts.map(factKey)).toEqual([
      "Namespace//shop",
      "Workload/istio-system/Deployment.istiod-default",
    ]);
    table.configMap("istio-system/istio", { mesh: "trustDomain: example.org" });
    expect(table.settle().upserts).toMatchObject([{ kind: "Mesh", trustDomain: "example.org" }]);
    istiod("canary", "1.31.0");
    expect(table.settle().deletes).toEqual([]);
    expect(table.facts().filter(({ kind }) => kind === "Mesh")).toHaveLength(1);
    table.configMap("istio-system/istio-canary", {});
    expect(table.settle().upserts).toMatchObject([{ kind: "Mesh", name: "istio-system.canary" }]);
  });

  it("of two revisions have the pods that each injected, whatever the labels say now", () => {
    istiod("default", "1.30.3");
    istiod("canary", "1.31.0");
    readSettings(table);
    pod("old", "app,istio-proxy", { annotations: { "istio.io/rev": "default" } });
    pod("new", "app,istio-proxy", { annotations: { "istio.io/rev": "canary" } });
    pod("labelled", "app,istio-proxy", { labels: { "istio.io/rev": "canary" } });
    pod("out", "app");
    table.settle();
    expect(meshOf("old")).toMatchObject({ mesh: "istio-system" });
    expect(meshOf("new")).toMatchObject({ mesh: "istio-system.canary" });
    expect(meshOf("labelled")).toMatchObject({ mesh: "istio-system.canary" });
    expect(meshOf("out")).not.toHaveProperty("mesh");
  });

  it.each([
    ["edge-25.4.4", "2.18.0"],
    ["edge-24.11.8", "2.17.0"],
    ["stable-2.14.10", "2.14.10"],
  ])("of Linkerd %s are of the release line %s", (tag, version) => {
    put(
      "linkerd",
      "linkerd-destination",
      { "linkerd.io/control-plane-component": "destination" },
      `cr.l5d.io/linkerd/controller:${tag}`,
    );
    readSettings(table);
    table.settle();
    expect(table.facts()).toContainEqual(
      expect.objectContaining({ kind: "Mesh", dialect: "linkerd", version }),
    );
  });

  it("go with their control plane, and workloads are in none then", () => {
    istiod("default", "1.30.3");
    readSettings(table);
    pod("web", "app,istio-proxy");
    table.settle();
    expect(meshOf("web")).toMatchObject({ mesh: "istio-system" });
    table.template("Deployment", "istio-system/istiod-default", undefined);
    const { upserts, deletes } = table.settle();
    expect(deletes).toContain("Mesh//istio-system");
    expect(upserts).toMatchObject([{ kind: "Workload", name: "web" }]);
    expect(meshOf("web")).not.toHaveProperty("mesh");
  });

  it("have gateways, which are told with addresses and go when they are none any more", () => {
    const service = (selector: Record<string, string>) =>
      table.service("istio-system/gateway", {
        fact: {
          kind: "Destination",
          namespace: "istio-system",
          name: "gateway",
          labels: {},
          selector,
          ports: [{ name: "tls", port: 15443, protocol: "TCP" }],
          headless: false,
        },
        addresses: ["192.0.2.7"],
      });
    service({ istio: "eastwestgateway" });
    table.settle();
    expect(table.facts()).toContainEqual({
      kind: "GatewayEndpoint",
      namespace: "istio-system",
      name: "gateway",
      role: "eastwest",
      labels: {},
      addresses: ["192.0.2.7"],
      ports: [{ name: "tls", port: 15443 }],
    });
    service({ app: "web" });
    expect(table.settle()).toMatchObject({ deletes: ["GatewayEndpoint/istio-system/gateway"] });
  });

  function template(plane: TemplateSeen["controlPlane"]): TemplateSeen {
    return { labels: {}, annotations: {}, serviceAccount: "default", ports: [], controlPlane: plane };
  }
});

it("a Job's workload counts its pods and goes with the last of them", () => {
  const table = new FactTable(detectors);
  const pod = (ready: boolean): PodSeen => ({
    owner: "Job.nightly",
    ready,
    labels: { app: "n" },
    annotations: {},
    containers: "app",
    own: { serviceAccount: "batch", ports: [] },
  });
  table.pod("shop/nightly-1", pod(true));
  table.pod("shop/nightly-2", pod(false));
  expect(table.settle().upserts).toEqual([
    {
      kind: "Workload",
      workloadKind: "Job",
      namespace: "shop",
      name: "nightly",
      labels: { app: "n" },
      serviceAccount: "batch",
      ports: [],
      pods: { total: 2, ready: 1, meshed: 0 },
    },
  ]);
  table.pod("shop/nightly-1", undefined);
  table.pod("shop/nightly-2", undefined);
  expect(table.settle().deletes).toEqual(["Workload/shop/Job.nightly"]);
});

it("a namespace that is being deleted says so", () => {
  const table = new FactTable(detectors);
  table.namespace("shop", { labels: {}, annotations: {}, terminating: true });
  expect(table.settle().upserts).toEqual([
    { kind: "Namespace", name: "shop", labels: {}, terminating: true },
  ]);
});
