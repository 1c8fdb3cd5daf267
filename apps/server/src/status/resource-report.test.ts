import { type Fact, type Manifest, parseManifests, type Resource, resourceKey } from "@heddle/api";
import { Engine } from "@heddle/core";
import { dialects } from "@heddle/dialects";
import { expect, it } from "vitest";
import { resourceReport } from "./resource-report.ts";

const mesh: Fact = {
  kind: "Mesh",
  name: "istio-system",
  dialect: "istio",
  version: "1.30.3",
  namespace: "istio-system",
  trustDomain: "cluster.local",
  clusterDomain: "cluster.local",
  apis: ["networking.istio.io/v1", "security.istio.io/v1"],
  settings: {},
};
const facts: readonly Fact[] = [
  { kind: "Namespace", name: "shop", labels: {} },
  {
    kind: "Destination",
    namespace: "shop",
    name: "reviews",
    labels: {},
    selector: { app: "reviews" },
    ports: [{ name: "http", port: 80, protocol: "TCP" }],
    headless: false,
  },
];
const target = "targets: [{ name: reviews, namespace: shop }]";

/** An engine with one cluster and these policies, accepted in this order. */
function world(withMesh: boolean, ...specs: readonly string[]): { engine: Engine; resources: Resource[] } {
  const text = specs
    .map(
      (spec, index) =>
        `apiVersion: heddle.io/v1alpha1\nkind: TrafficPolicy\nmetadata: { name: p${index} }\nspec: { ${target}, ${spec} }\n`,
    )
    .join("---\n");
  const resources = parseManifests([{ file: "policies.yaml", text }]).manifests.map(stored);
  const engine = new Engine(dialects);
  engine.apply([
    { kind: "cluster", name: "east", cluster: { name: "east", uid: "u", labels: {}, paused: false } },
    {
      kind: "inventory",
      cluster: "east",
      delta: { full: true, upserts: withMesh ? [mesh, ...facts] : facts, deletes: [] },
    },
    ...resources.map((resource) => ({ kind: "resource", key: resourceKey(resource), resource }) as const),
  ]);
  return { engine, resources };
}

function stored({ origin: _, ...manifest }: Manifest, index: number): Resource {
  const { name, workspace, labels, annotations } = manifest.metadata;
  const metadata = {
    name,
    workspace,
    labels,
    annotations,
    uid: name,
    generation: 1,
    resourceVersion: "1",
    creationTimestamp: `2026-01-01T00:00:0${index}Z`,
  };
  return { ...manifest, metadata } as Resource;
}

/** Every bundle is reported as applied. */
function allApplied(engine: Engine) {
  return {
    get: (cluster: string, bundle: string) => {
      const found = engine.bundles(cluster).get(bundle);
      return (
        found && {
          bundle,
          hash: found.hash,
          revision: 1,
          objects: found.objects.length,
          problems: [],
          reportedAt: "2026-01-01T00:00:10Z",
        }
      );
    },
  };
}

const statesOf = ({ engine, resources }: ReturnType<typeof world>) =>
  resources.map((resource) =>
    resourceReport({ engine }, allApplied(engine), resource).map(({ state, findings }) => [
      state,
      ...findings.map(({ code }) => code),
    ]),
  );

it("says programmed only of what has an effect: a policy whose every rule is shadowed is overridden", () => {
  expect(
    statesOf(world(true, "rules: [{ split: [{ version: v1 }] }]", "rules: [{ split: [{ version: v2 }] }]")),
  ).toEqual([[["programmed"]], [["overridden", "SHADOWED_RULE"]]]);
});

it("says failed where no mesh can enforce it", () => {
  expect(statesOf(world(false, "defaults: { timeout: { request: 1s } }"))).toEqual([[["failed", "NO_MESH"]]]);
});

it("says in part where a field cannot be expressed", () => {
  expect(statesOf(world(true, "defaults: { timeout: { request: 1s, idle: 5s } }"))).toEqual([
    [["partiallyProgrammed"]],
  ]);
});

it("says failed of a route table whose gateway is not there", () => {
  const { engine } = world(true);
  const [manifest] = parseManifests([
    {
      file: "f",
      text: "{ apiVersion: heddle.io/v1alpha1, kind: RouteTable, metadata: { name: r }, spec: { gateways: [{ name: gone }], hosts: [a.example], rules: [{ directResponse: { status: 200 } }] } }",
    },
  ]).manifests;
  if (manifest === undefined) throw new Error("the manifest is valid");
  const resource = stored(manifest, 0);
  engine.apply([{ kind: "resource", key: resourceKey(resource), resource }]);
  expect(statesOf({ engine, resources: [resource] })).toEqual([[["failed", "REFERENCE_NOT_FOUND"]]]);
});

it("waits for the report of the content that is wanted now", () => {
  const { engine, resources } = world(true, "defaults: { timeout: { request: 1s } }");
  const old = {
    get: (_: string, bundle: string) => ({
      bundle,
      hash: "older",
      revision: 0,
      objects: 1,
      problems: [],
      reportedAt: "2026-01-01T00:00:10Z",
    }),
  };
  const [resource] = resources;
  expect(resource && resourceReport({ engine }, old, resource)).toMatchObject([{ state: "pending" }]);
});

const rawConfig = (name: string, kind: string) => `apiVersion: heddle.io/v1alpha1
kind: RawConfig
metadata: { name: ${name} }
spec:
  dialect: istio
  manifest:
    apiVersion: networking.istio.io/v1
    kind: ${kind}
    metadata: { name: reviews, namespace: shop }
    spec: { hosts: [reviews] }
`;

it("tells of raw objects as of translated ones, and of both where they are one", () => {
  const raw = parseManifests([
    { file: "raw.yaml", text: `${rawConfig("own", "Sidecar")}---\n${rawConfig("late", "VirtualService")}` },
  ]).manifests.map((manifest, index) => stored(manifest, index + 1));
  const { engine, resources } = world(true, "defaults: { timeout: { request: 1s } }");
  engine.apply(raw.map((resource) => ({ kind: "resource", key: resourceKey(resource), resource }) as const));
  const [policy, own, late] = [...resources, ...raw].map((resource) =>
    resourceReport({ engine }, allApplied(engine), resource),
  );
  expect(policy).toMatchObject([
    {
      state: "programmed",
      objects: [{ object: "networking.istio.io/v1|VirtualService|shop|reviews", state: "applied" }],
      conflicts: [{ with: "RawConfig/default/late" }],
    },
  ]);
  expect(own).toMatchObject([
    {
      state: "programmed",
      objects: [{ object: "networking.istio.io/v1|Sidecar|shop|reviews", state: "applied" }],
      fields: [{ path: "spec.manifest", level: "native" }],
      conflicts: [],
    },
  ]);
  expect(late).toMatchObject([
    {
      state: "overridden",
      objects: [],
      conflicts: [{ path: "spec.manifest", with: "TrafficPolicy/default/p0" }],
    },
  ]);
});
