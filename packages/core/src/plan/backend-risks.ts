import type { MeshFact, Split } from "@heddle/api";
import type { Engine } from "../engine/engine.ts";
import { effectiveRoutes } from "../policy/effective-routes.ts";
import { type EffectiveRule, effectiveTraffic } from "../policy/effective-traffic.ts";
import type { Provenance } from "../provenance.ts";
import { hasLabels } from "../selecting/labels.ts";
import { ofKind } from "../world/bearing.ts";
import { keyOfUnit } from "../world/resource-unit.ts";
import type { Unit } from "../world/unit.ts";
import type { World } from "../world/world.ts";
import type { Risk } from "./plan.ts";

/** Splits of which a part leads nowhere: to a Service that is not there, or to pods that no workload has. */
export function* backendRisks(engine: Engine, unit: Unit): Iterable<Risk> {
  for (const mesh of engine.outcome(unit)?.meshes ?? [])
    for (const { from, split } of splitsOf(engine, unit, mesh)) {
      const total = split.reduce((sum, { weight }) => sum + weight, 0);
      const judged = split
        .filter(({ weight }) => weight > 0)
        .map((backend) => ({ backend, lack: lackOf(engine.world, unit, backend) }));
      const empty = judged.filter(({ lack }) => lack !== undefined);
      for (const { backend, lack } of empty)
        if (lack !== undefined)
          yield {
            cluster: unit.cluster,
            code: lack.code,
            destination: serviceOf(unit, backend),
            reason:
              empty.length === judged.length
                ? `${lack.reason}; the rule has no other backend, so every request it takes fails`
                : `${lack.reason}; ${Math.round((backend.weight / total) * 1000) / 10} % of the requests that the rule takes fail`,
            clients: [],
            because: [{ ...from, path: `${from.path}.split[${split.indexOf(backend)}]` }],
          };
    }
}

interface RuleSplit {
  readonly from: Provenance;
  readonly split: readonly Split[];
}

/** The splits that a unit's rules have, each once: of a destination for all classes of clients, of a route table. */
function splitsOf(engine: Engine, unit: Unit, mesh: MeshFact): Iterable<RuleSplit> {
  const rules =
    unit.kind === "destination"
      ? rulesOfDestination(engine, unit, mesh)
      : unit.kind === "routes"
        ? rulesOfTable(engine.world, unit)
        : [];
  const found = new Map<string, RuleSplit>();
  for (const { from, action } of rules)
    if (from !== undefined && action.kind === "split")
      found.set(`${from.resource} ${from.path}`, { from, split: action.split });
  return found.values();
}

function rulesOfTable(world: World, unit: Unit): readonly EffectiveRule[] {
  const table = world.resources.get(keyOfUnit("RouteTable", unit));
  return table?.kind === "RouteTable" ? effectiveRoutes(world, table).rules : [];
}

function rulesOfDestination(engine: Engine, unit: Unit, mesh: MeshFact): EffectiveRule[] {
  const cluster = engine.world.clusters.get(unit.cluster);
  const heard = ofKind(engine.outcome(unit)?.bearings ?? [], "TrafficPolicy").filter((bearing) =>
    engine.inForce(bearing, mesh),
  );
  const traffic = cluster && effectiveTraffic(engine.world, cluster, mesh, heard);
  return (traffic?.classes ?? []).flatMap(({ rules }) => rules);
}

/** `namespace/name` of the Service that a backend means. */
function serviceOf(unit: Unit, { destination }: Split): string {
  if (unit.kind === "routes") return `${destination?.namespace ?? ""}/${destination?.name ?? ""}`;
  return `${unit.namespace}/${unit.name}`;
}

/** What a backend lacks; undefined when there is something behind it, or the inventory cannot tell. */
function lackOf(
  world: World,
  unit: Unit,
  { destination, cluster: elsewhere, version, subset }: Split,
): Pick<Risk, "code" | "reason"> | undefined {
  if (destination !== undefined && destination.kind !== "Service") return undefined;
  const cluster = world.clusters.get(elsewhere ?? unit.cluster);
  const where = elsewhere === undefined ? "" : ` in cluster ${elsewhere}`;
  const service = {
    namespace: destination?.namespace ?? unit.namespace,
    name: destination?.name ?? unit.name,
  };
  const key = `${service.namespace}/${service.name}`;
  const found = cluster?.destinations.get(key);
  if (cluster === undefined || found === undefined)
    return { code: "BACKEND_MISSING", reason: `there is no service ${key}${where}` };
  // Without a selector its endpoints are written by hand, or another product writes them.
  if (Object.keys(found.selector).length === 0) return undefined;
  const wanted = version !== undefined ? { version } : subset;
  if (cluster.workloadsOf(found).some(({ labels }) => hasLabels(labels, wanted))) return undefined;
  const pods =
    wanted === undefined
      ? ""
      : ` with ${Object.entries(wanted)
          .map(([label, value]) => `${label}=${value}`)
          .join(", ")}`;
  return { code: "NO_BACKENDS", reason: `no workload${pods} is behind ${key}${where}` };
}
