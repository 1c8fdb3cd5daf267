import type { Engine } from "../engine/engine.ts";

import { effectiveAccess } from "../policy/effective-access.ts";
import { effectiveAuthentication } from "../policy/effective-authentication.ts";
import { ownersOnly } from "../policy/owners-only.ts";
import { defaultsOf } from "../policy/unit-defaults.ts";
import { type Bearing, ofKind } from "../world/bearing.ts";
import type { Unit } from "../world/unit.ts";
import { explainAuthentication } from "./explain-authentication.ts";
import { explainClients } from "./explain-clients.ts";
import type { Explanation, Unheard } from "./explanation.ts";
import { rankedPolicies } from "./rank-reason.ts";

/** Why a destination is called as it is; undefined when the cluster has no such Service. */
export function explainDestination(
  engine: Engine,
  cluster: string,
  namespace: string,
  name: string,
): Explanation | undefined {
  const world = engine.world.clusters.get(cluster);
  if (!world?.destinations.has(`${namespace}/${name}`)) return undefined;
  return explainUnit(engine, { cluster, kind: "destination", namespace, name });
}

/**
 * What bears on a workload, of whatever level: on itself, on the Services before it, on its namespace and on its mesh. `name` is the
 * workload's own; its kind is needed only where two share a name. Undefined when the cluster has no such workload.
 */
export function explainWorkload(
  engine: Engine,
  cluster: string,
  namespace: string,
  name: string,
  workloadKind?: string,
): Explanation | undefined {
  const world = engine.world.clusters.get(cluster);
  const workload = [...(world?.workloadsByNamespace.get(namespace) ?? [])].find(
    (candidate) =>
      candidate.name === name && (workloadKind ?? candidate.workloadKind) === candidate.workloadKind,
  );
  if (world === undefined || workload === undefined) return undefined;
  const own: Unit = { cluster, kind: "workload", namespace, name: `${workload.workloadKind}.${name}` };
  return explainUnit(engine, own, [
    ...world
      .destinationsOf(namespace, workload.labels)
      .map((destination): Unit => ({ cluster, kind: "destination", namespace, name: destination.name })),
    { cluster, kind: "namespace", namespace, name: namespace },
    ...world
      .meshesOf([workload])
      .map((mesh): Unit => ({ cluster, kind: "mesh", namespace: "", name: mesh.name })),
  ]);
}

/** Why a unit is treated as it is; `around` are units whose policies hold for it, too. */
export function explainUnit(engine: Engine, unit: Unit, around: readonly Unit[] = []): Explanation {
  const { cluster, kind, namespace, name } = unit;
  const world = engine.world.clusters.get(cluster);
  const outcomes = [unit, ...around].flatMap((each) => engine.outcome(each) ?? []);
  const bearings = distinctBearings(outcomes.flatMap((outcome) => outcome.bearings));
  const newest = bearings.filter(({ key, policy }) => engine.world.resources.get(key) === policy);
  const meshes = [
    ...new Map(outcomes.flatMap((outcome) => outcome.meshes).map((mesh) => [mesh.name, mesh])).values(),
  ];
  const told = meshes.map((mesh) => {
    const heard = bearings.filter((bearing) => engine.inForce(bearing, mesh));
    const keptOut = newest
      .filter(({ policy }) => engine.keptOut(policy, mesh))
      .map(({ key }): Unheard => {
        const instead = bearings.find((bearing) => bearing.key === key && engine.inForce(bearing, mesh));
        const then = instead && `; generation ${instead.policy.metadata.generation} stays in force`;
        return {
          resource: key,
          path: "spec.onUnsupported",
          outcome: "keptOut",
          why: `mesh ${mesh.name} cannot express all of it, and it says reject${then ?? ""}`,
        };
      });
    const { clients, unheard } =
      world === undefined ? { clients: [], unheard: [] } : explainClients(engine.world, world, mesh, heard);
    return { clients, unheard: [...keptOut, ...unheard] };
  });
  const defaults = meshes.map((mesh) => defaultsOf(engine.world, cluster, namespace || undefined, mesh));
  const denied = defaults.find((each) => each.denied !== undefined)?.denied;
  const fallback = defaults.find(({ mtls }) => mtls !== undefined)?.mtls;
  const authentications = ofKind(bearings, "AuthenticationPolicy");
  return {
    cluster,
    kind,
    name: namespace === "" || kind === "namespace" ? name : `${namespace}/${name}`,
    meshes: meshes.map((mesh) => mesh.name),
    chain: rankedPolicies(newest),
    clients: told.flatMap(({ clients }) => clients),
    access: (effectiveAccess(ofKind(bearings, "AccessPolicy"))?.rules ?? []).map(
      ({ key, level, ports, spec }) => ({
        resource: key,
        action: spec.action,
        level,
        ports,
        from: spec.from,
        to: spec.to,
        dryRun: spec.dryRun ?? false,
      }),
    ),
    defaultAccess: {
      field: "defaultAccess",
      value: denied?.value ?? "allow",
      from: denied === undefined ? [] : [denied.from],
      lost: [],
    },
    authentication: explainAuthentication(
      effectiveAuthentication(authentications, fallback === undefined ? {} : { fallback }),
      authentications,
    ),
    unheard: [...notOwned(bearings), ...told.flatMap(({ unheard }) => unheard)],
    objects: [
      ...new Set(outcomes.flatMap(({ contributions }) => contributions.map(({ object }) => object))),
    ].sort(),
  };
}

/** A policy may bear on a unit and on what is around it: the narrower level tells more. */
function distinctBearings(bearings: readonly Bearing[]): Bearing[] {
  const named = (bearing: Bearing) => `${bearing.key} ${bearing.policy.metadata.generation}`;
  return [...new Map(bearings.toReversed().map((bearing) => [named(bearing), bearing])).values()].reverse();
}

/** Security counts only from the owner's workspace (SEMANTICS, "Who may speak about what"). */
function notOwned(bearings: readonly Bearing[]): Unheard[] {
  return bearings
    .filter(({ policy, standing }) => standing !== "owner" && ownersOnly.has(policy.kind))
    .map(({ key }) => ({
      resource: key,
      path: "spec",
      outcome: "refused",
      why: "access, authentication, extensions and telemetry count only from the workspace that owns the target",
    }));
}
