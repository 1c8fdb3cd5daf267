import { Engine } from "@heddle/core";
import { dialects } from "@heddle/dialects";
import type { Row } from "../row.ts";
import { spread } from "../spread.ts";
import { canary, fleet, policies, table, tables } from "./translation-world.ts";

/** (c) Translation alone, in one process. */
export async function translation(): Promise<Row[]> {
  return [...editByWorldSize(), ...editByTables(), ...editByClusters(), ...full()];
}

function engineOf(clusters: number, services: number): Engine {
  const engine = new Engine(dialects);
  engine.apply([...fleet(clusters, services), ...policies(services)]);
  return engine;
}

/** One edit of one policy in worlds of growing size, in one cluster: should stay flat. */
function editByWorldSize(): Row[] {
  return [100, 1_000, 10_000].map((services) => {
    const engine = engineOf(1, services);
    return measure(
      `one edit, ${services} services × 1 cluster`,
      200,
      (run) => void engine.apply([canary(run % services, 1 + (run % 98))]),
    );
  });
}

/** One edit of one route table among as many at one gateway as there are services: should stay flat. */
function editByTables(): Row[] {
  return [100, 1_000, 10_000].map((services) => {
    const engine = new Engine(dialects);
    engine.apply([...fleet(1, services), ...tables(services)]);
    return measure(
      `one table, ${services} at a gateway`,
      200,
      (run) => void engine.apply([table(run % services, 2 + (run % 98))]),
    );
  });
}

/** One edit of a policy whose service is in every cluster. */
function editByClusters(): Row[] {
  return [10, 100].map((clusters) => {
    const engine = engineOf(clusters, 1_000);
    const row = measure(
      `one edit, 1000 services × ${clusters} clusters`,
      50,
      (run) => void engine.apply([canary(run, 1 + (run % 98))]),
    );
    return clusters === 10 ? { ...row, target: { figure: "p99 ms", most: 10 } } : row;
  });
}

/** Everything from nothing, with a canary and an access policy for each service. */
function full(): Row[] {
  return [1, 10, 100].map((clusters) => {
    const changes = [...fleet(clusters, 1_000), ...policies(1_000)];
    const row = measure(`full, 1000 services × ${clusters} clusters`, clusters === 1 ? 10 : 3, () => {
      const engine = new Engine(dialects);
      engine.apply(changes);
    });
    return clusters === 10 ? { ...row, target: { figure: "p50 ms", most: 1_000 } } : row;
  });
}

/** Runs `work` until it was run `runs` times; a tenth more, at first, warms up and does not count. */
function measure(what: string, runs: number, work: (run: number) => void): Row {
  const times: number[] = [];
  const warmUp = Math.floor(runs / 10);
  for (let run = 0; run < runs + warmUp; run++) {
    const started = performance.now();
    work(run);
    if (run >= warmUp) times.push(performance.now() - started);
  }
  return { section: "translation", what, runs, figures: spread(times) };
}
