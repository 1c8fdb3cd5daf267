import {
  type Change,
  canonicalJson,
  type Dialect,
  Engine,
  type JsonObject,
  planChanges,
  resourcesAnnotation,
  summaryOf,
} from "@heddle/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dialects } from "./index.ts";
import { edits, initialClusters } from "./testing/arbitrary-world.ts";
import { inputsOf, outputOf } from "./testing/engine-state.ts";

const runs = Number(process.env["HEDDLE_PROPERTY_RUNS"] ?? 300);

/** Objects of all clusters, as an API server would hold them. */
function objectsOf(engine: Engine): Map<string, string> {
  const found = new Map<string, string>();
  for (const cluster of engine.world.clusters.keys())
    for (const { bytes, objects } of engine.bundles(cluster).values()) {
      const values = JSON.parse(new TextDecoder().decode(bytes)) as unknown[];
      for (const [index, ref] of objects.entries())
        found.set(`${cluster} ${ref}`, canonicalJson(values[index]));
    }
  return found;
}

function built(batches: readonly (readonly Change[])[], using: readonly Dialect[] = dialects): Engine {
  const engine = new Engine(using);
  engine.apply(initialClusters);
  for (const batch of batches) engine.apply(batch);
  return engine;
}

/** Inputs as text: what is compared is the content, whatever order it is kept in. */
function stateOf(engine: Engine): unknown {
  return { inputs: inputsOf(engine).map(sortedFacts).map(canonicalJson).sort(), output: outputOf(engine) };
}

function sortedFacts(change: Change): Change {
  if (change.kind !== "inventory") return change;
  const upserts = [...change.delta.upserts].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
  return { ...change, delta: { ...change.delta, upserts } };
}

/** Whether an object says of itself which resources it comes from. */
function namesResources(object: JsonObject | undefined): boolean {
  return object !== undefined && !canonicalJson(object).includes(`"${resourcesAnnotation}":""`);
}

const histories = fc.array(edits, { maxLength: 4 });

describe("plan", () => {
  test("leaves the engine as it was, and fit for what comes after", () => {
    fc.assert(
      fc.property(histories, edits, edits, (batches, planned, next) => {
        const [engine, untouched] = [built(batches), built(batches)];
        planChanges(engine, planned);
        expect(stateOf(engine)).toEqual(stateOf(untouched));
        const [deltas, wanted] = [engine.apply(next), untouched.apply(next)];
        expect(new Map([...deltas].sort())).toEqual(new Map([...wanted].sort()));
        expect(stateOf(engine)).toEqual(stateOf(untouched));
      }),
      { numRuns: runs },
    );
  });

  test("says exactly what applying it does", () => {
    fc.assert(
      fc.property(histories, edits, (batches, planned) => {
        const engine = built(batches);
        const plan = planChanges(engine, planned);
        const before = objectsOf(engine);
        engine.apply(planned);
        const after = objectsOf(engine);
        const happened = new Map(
          [...new Set([...before.keys(), ...after.keys()])]
            .filter((key) => before.get(key) !== after.get(key))
            .map((key) => [key, [before.get(key), after.get(key)]]),
        );
        const said = new Map(
          plan.objects.flatMap(({ object, clusters, before: old, after: young }) =>
            clusters.map((cluster) => [
              `${cluster} ${object}`,
              [old && canonicalJson(old), young && canonicalJson(young)],
            ]),
          ),
        );
        expect(said).toEqual(happened);
        const { create, change, delete: deleted } = summaryOf(plan);
        expect(create + change + deleted).toBe(happened.size);
        for (const { because, before: old, after: young } of plan.objects)
          if (namesResources(old) || namesResources(young)) expect(because).not.toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  test("is the same twice, and nothing once it is applied", () => {
    fc.assert(
      fc.property(histories, edits, (batches, planned) => {
        const engine = built(batches);
        expect(planChanges(engine, planned)).toEqual(planChanges(engine, planned));
        engine.apply(planned);
        expect(planChanges(engine, inputsOf(engine))).toEqual({
          objects: [],
          verdicts: [],
          findings: [],
          conflicts: [],
          risks: [],
        });
      }),
      { numRuns: Math.ceil(runs / 3) },
    );
  });

  test("restores the engine when a translator throws half-way", () => {
    let failures = 0;
    fc.assert(
      fc.property(histories, edits, fc.nat(3), (batches, planned, survived) => {
        const fuse: Fuse = { known: new Set(), left: undefined };
        const engine = built(
          batches,
          dialects.map((dialect) => fragile(dialect, fuse)),
        );
        fuse.left = survived;
        try {
          planChanges(engine, planned);
        } catch (error) {
          expect(error).toEqual(new Error("fuse"));
          failures++;
        }
        expect(stateOf(engine)).toEqual(stateOf(built(batches)));
      }),
      { numRuns: runs },
    );
    expect(failures).toBeGreaterThan(runs / 20);
  });
});

interface Fuse {
  /** Units that were translated before the fuse was set; translators are pure, so what went well once goes well again. */
  readonly known: Set<string>;
  left: number | undefined;
}

/** A dialect whose translators throw at a unit that they have not seen before, after some that went well. */
function fragile(dialect: Dialect, fuse: Fuse): Dialect {
  const guard =
    <U, A extends unknown[]>(translate: ((unit: U, ...rest: A) => void) | undefined) =>
    (unit: U, ...rest: A) => {
      const text = canonicalJson(unit);
      if (fuse.left === undefined) fuse.known.add(text);
      else if (!fuse.known.has(text) && fuse.left-- <= 0) throw new Error("fuse");
      translate?.(unit, ...rest);
    };
  const { destination, external, machine, workload, namespace, mesh } = dialect.translate;
  return {
    ...dialect,
    translate: {
      destination: guard(destination),
      external: guard(external),
      machine: guard(machine),
      workload: guard(workload),
      namespace: guard(namespace),
      mesh: guard(mesh),
    },
  };
}
