import { Engine } from "@heddle/core";
import { dialects } from "@heddle/dialects";
import { type Measured, measure } from "./measure.ts";
import { canary, fleet, policies, table, tables } from "./world.ts";

function engineOf(clusters: number, services: number): Engine {
  const engine = new Engine(dialects);
  engine.apply([...fleet(clusters, services), ...policies(services)]);
  return engine;
}

/** One edit of one policy in worlds of growing size, in one cluster: should stay flat. */
export function editByWorldSize(): Measured[] {
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
export function editByTables(): Measured[] {
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
export function editByClusters(): Measured[] {
  return [10, 100].map((clusters) => {
    const engine = engineOf(clusters, 1_000);
    return measure(
      `one edit, 1000 services × ${clusters} clusters`,
      50,
      (run) => void engine.apply([canary(run, 1 + (run % 98))]),
    );
  });
}

/** Everything from nothing, with a canary and an access policy for each service. */
export function full(): Measured[] {
  return [1, 10].map((clusters) => {
    const changes = [...fleet(clusters, 1_000), ...policies(1_000)];
    return measure(`full, 1000 services × ${clusters} clusters`, clusters === 1 ? 10 : 3, () => {
      const engine = new Engine(dialects);
      engine.apply(changes);
    });
  });
}
