import type { DestinationFact } from "@heddle/api";
import type { Engine } from "../engine/engine.ts";
import { type EffectiveAccess, effectiveAccess } from "../policy/effective-access.ts";
import { type EffectiveAuthentication, effectiveAuthentication } from "../policy/effective-authentication.ts";
import { defaultsOf } from "../policy/unit-defaults.ts";
import type { Bearing } from "../world/bearing.ts";
import { ofKind } from "../world/bearing.ts";
import type { Unit } from "../world/unit.ts";
import type { Stage } from "./rehearse.ts";

/** What stands before a destination: the access rules and the authentication of its Service and of the workloads behind it. */
export interface Guard {
  readonly cluster: string;
  readonly destination: DestinationFact;
  /** Whether a proxy stands before any of its workloads; nothing enforces the rest otherwise. */
  readonly enforced: boolean;
  readonly access: EffectiveAccess;
  readonly authentication: EffectiveAuthentication | undefined;
}

/** Guards of the touched destinations, and of those before touched workloads, by `cluster namespace/name`. */
export function guardsOf(engine: Engine, { units }: Stage): Map<string, Guard> {
  const guards = new Map<string, Guard>();
  for (const unit of units.values())
    for (const destination of destinationsOf(engine, unit)) {
      const key = `${unit.cluster} ${destination.namespace}/${destination.name}`;
      if (!guards.has(key)) guards.set(key, guardOf(engine, unit.cluster, destination));
    }
  return guards;
}

function destinationsOf(engine: Engine, { cluster, kind, namespace, name }: Unit): DestinationFact[] {
  const world = engine.world.clusters.get(cluster);
  if (world === undefined) return [];
  if (kind === "destination") return [world.destinations.get(`${namespace}/${name}`) ?? []].flat();
  if (kind !== "workload") return [];
  const workload = world.facts.get(`Workload/${namespace}/${name}`);
  return workload?.kind === "Workload" ? world.destinationsOf(namespace, workload.labels) : [];
}

/** The guard of one destination as the world is now. */
export function guardOf(engine: Engine, cluster: string, destination: DestinationFact): Guard {
  const { namespace } = destination;
  const world = engine.world.clusters.get(cluster);
  const workloads = world?.workloadsOf(destination) ?? [];
  const bearings = new Map<string, Bearing>();
  const units: Unit[] = [
    { cluster, kind: "destination", namespace, name: destination.name },
    ...workloads.map(
      ({ workloadKind, name }): Unit => ({
        cluster,
        kind: "workload",
        namespace,
        name: `${workloadKind}.${name}`,
      }),
    ),
  ];
  for (const unit of units)
    for (const bearing of engine.outcome(unit)?.bearings ?? [])
      bearings.set(`${bearing.key} ${bearing.level}`, bearing);
  const all = [...bearings.values()];
  const meshes = world?.meshesOf(workloads) ?? [];
  const defaults = meshes.map((mesh) => defaultsOf(engine.world, cluster, namespace, mesh));
  const denied = defaults.find((each) => each.denied !== undefined)?.denied;
  const fallback = defaults.find(({ mtls }) => mtls?.value === "STRICT")?.mtls;
  return {
    cluster,
    destination,
    enforced: workloads.some(({ mesh }) => mesh !== undefined),
    access: effectiveAccess(ofKind(all, "AccessPolicy"), denied) ?? { rules: [], denied },
    authentication: effectiveAuthentication(
      ofKind(all, "AuthenticationPolicy"),
      fallback === undefined ? {} : { fallback },
    ),
  };
}
