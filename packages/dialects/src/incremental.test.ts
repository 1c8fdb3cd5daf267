import { type Change, type ClusterDelta, Engine } from "@heddle/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { dialects } from "./index.ts";
import {
  edits,
  gatewayEdits,
  initialClusters,
  initialGateways,
  virtualEdits,
} from "./testing/arbitrary-world.ts";
import { inputsOf, outputOf } from "./testing/engine-state.ts";
import { changesOf } from "./testing/world-file.ts";

const runs = Number(process.env["HEDDLE_PROPERTY_RUNS"] ?? 300);

test.each([
  ["anything", edits, initialClusters],
  ["names that stand for others", virtualEdits, initialGateways],
  ["what comes in at gateways", gatewayEdits, initialGateways],
] as const)(
  "incremental translation equals full translation, in whatever order was edited: %s",
  (_, some, initial) => {
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 6 }), (batches) => {
        const engine = new Engine(dialects);
        const held = new Map<string, Map<string, string>>();
        follow(held, engine.apply(initial));
        for (const batch of batches) follow(held, engine.apply(batch));
        const full = new Engine(dialects);
        full.apply(inputsOf(engine).reverse().sort(clustersFirst));
        expect(outputOf(engine)).toEqual(outputOf(full));
        for (const cluster of engine.world.clusters.keys())
          expect(new Map([...engine.bundles(cluster)].map(([id, { hash }]) => [id, hash]))).toEqual(
            held.get(cluster) ?? new Map(),
          );
      }),
      { numRuns: runs },
    );
  },
);

test("translation that is put off comes to the same, whenever it is made up for", () => {
  const step = fc.record({ batch: edits, defer: fc.boolean(), asked: fc.constantFrom("c1", "c2", "none") });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
      const held = new Map<string, Map<string, string>>();
      const engine = new Engine(dialects, (cluster, delta) => follow(held, new Map([[cluster, delta]])));
      follow(held, engine.apply(initialClusters, { defer: true }));
      for (const { batch, defer, asked } of steps) {
        follow(held, engine.apply(batch, { defer }));
        if (asked !== "none") engine.bundles(asked);
      }
      engine.settle();
      expect([...engine.pending]).toEqual([]);
      const full = new Engine(dialects);
      full.apply(inputsOf(engine).sort(clustersFirst));
      expect(outputOf(engine)).toEqual(outputOf(full));
      for (const cluster of engine.world.clusters.keys())
        expect(new Map([...engine.bundles(cluster)].map(([id, { hash }]) => [id, hash]))).toEqual(
          held.get(cluster) ?? new Map(),
        );
    }),
    { numRuns: runs },
  );
});

test("the same changes twice change nothing the second time", () => {
  fc.assert(
    fc.property(edits, (batch) => {
      const engine = new Engine(dialects);
      engine.apply(initialClusters);
      engine.apply(batch);
      expect(engine.apply(inputsOf(engine))).toEqual(new Map());
    }),
    { numRuns: Math.ceil(runs / 3) },
  );
});

test("a listener that does not tell hosts apart goes to the next table when the one before it goes", () => {
  const table = (name: string, host: string) =>
    `  - { kind: RouteTable, name: ${name}, spec: { gateways: [{ name: entrance }], hosts: [${host}], rules: [{ split: [{ destination: { name: ${name}, namespace: shop } }] }] } }`;
  const engine = new Engine(dialects);
  const held = new Map<string, Map<string, string>>();
  follow(
    held,
    engine.apply(
      changesOf(`
clusters:
  east: { mesh: istio 1.30.3, gateways: { edge/gateway: {} }, services: { shop/older: {}, shop/younger: {} } }
resources:
  - { kind: Gateway, name: entrance, spec: { listeners: [{ name: tcp, port: 9000, protocol: TCP }] } }
${table("older", "a.example")}
${table("younger", "b.example")}
`),
    ),
  );
  const bundles = () => [...(held.get("east")?.keys() ?? [])].filter((id) => id.includes("younger"));
  expect(bundles()).toEqual([]);
  follow(held, engine.apply([{ kind: "resource", key: "RouteTable/default/older", resource: undefined }]));
  expect(bundles()).toHaveLength(1);
});

/** What an agent would hold that got every delta. */
function follow(held: Map<string, Map<string, string>>, deltas: ReadonlyMap<string, ClusterDelta>): void {
  for (const [cluster, { upserts, removes }] of deltas) {
    const bundles = held.get(cluster) ?? new Map<string, string>();
    for (const { id, hash } of upserts) bundles.set(id, hash);
    for (const id of removes) bundles.delete(id);
    held.set(cluster, bundles);
  }
}

/** Facts of a cluster that is not there yet would be lost; everything else may come in any order. */
function clustersFirst(a: Change, b: Change): number {
  return Number(b.kind === "cluster") - Number(a.kind === "cluster");
}
