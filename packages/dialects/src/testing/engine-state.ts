import type { Change, Engine } from "@heddle/core";

/** Everything an engine would deliver and say, as text. */
export function outputOf(engine: Engine): unknown {
  return [...engine.world.clusters.keys()].sort().map((cluster) => ({
    cluster,
    bundles: [...engine.bundles(cluster)]
      .sort()
      .map(([id, { hash, bytes }]) => [id, hash, new TextDecoder().decode(bytes)]),
    told: [...engine.world.resources.keys()].sort().flatMap((key) =>
      [...engine.unitsOf(key)]
        .filter(({ unit }) => unit.cluster === cluster)
        .map(({ unit, outcome }) =>
          JSON.stringify([key, unit, outcome.verdicts, outcome.findings, outcome.conflicts]),
        )
        .sort(),
    ),
  }));
}

/** The inputs of an engine, as one batch of changes. */
export function inputsOf({ world }: Engine): Change[] {
  return [
    ...[...world.clusters].flatMap(([name, { cluster, facts }]): Change[] => [
      { kind: "cluster", name, cluster },
      { kind: "inventory", cluster: name, delta: { full: true, upserts: [...facts.values()], deletes: [] } },
    ]),
    ...[...world.resources].map(
      ([key, resource]): Change => ({ kind: "resource", key, resource, earlier: world.earlier(key) }),
    ),
  ];
}
