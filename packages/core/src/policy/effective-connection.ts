import type { ConnectionPolicySpec, MeshFact, ResourceKey, ResourceOf } from "@heddle/api";
import type { Provenance } from "../provenance.ts";
import type { Bearing } from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import type { World } from "../world/world.ts";
import { audiences } from "./audience.ts";
import type { ClientCondition } from "./client-class.ts";
import type { FieldConflict } from "./effective-traffic.ts";
import { leavesIn, type MergedLeaves, mergeLeaves } from "./merge-leaves.ts";

export type ConnectionBearing = Bearing<ResourceOf<"ConnectionPolicy">>;

export type ConnectionSettings = Omit<ConnectionPolicySpec, "targets" | "sources">;

/** What holds for a connection, and which policy said each field of it. */
export type EffectiveSettings = MergedLeaves<ConnectionSettings>;

export interface ConnectionForClients extends EffectiveSettings {
  readonly clients: ClientCondition;
  /** The policies that tell these clients from others. */
  readonly because: readonly ResourceKey[];
  /** By port of the destination, where a policy names it: complete, with what holds for every port. */
  readonly ports: ReadonlyMap<number, EffectiveSettings>;
}

export interface EffectiveConnection {
  /** Most special clients first; the last entry is for everybody else. */
  readonly classes: readonly ConnectionForClients[];
  readonly conflicts: readonly FieldConflict[];
  /** Fields that only the destination's owner may say. */
  readonly refused: readonly Provenance[];
}

/** Fields that are taken whole from one policy: a CA of one author and a mode of another were never meant together. */
const WHOLE: ReadonlySet<string> = new Set(["tls", "tunnel"]);

/**
 * All connection policies on one destination as settings for each class of clients (SEMANTICS, "Traffic", rules 1, 3 and 5): each
 * leaf comes from the first policy in rank that sets it, a list is one leaf, `false` stops inheritance of everything below it. A
 * consumer cannot say `tls`, which could weaken mTLS. Returns `undefined` when nothing is said.
 */
export function effectiveConnection(
  world: World,
  cluster: ClusterWorld,
  mesh: MeshFact,
  unranked: readonly ConnectionBearing[],
): EffectiveConnection | undefined {
  if (unranked.length === 0) return undefined;
  const conflicts = new Map<string, FieldConflict>();
  const classes = audiences(world, cluster, mesh, unranked).map(({ clients, heard }) => {
    const named = new Set(heard.flatMap(({ ports }) => ports ?? []));
    return {
      clients,
      because: heard.filter(({ policy }) => policy.spec.sources !== undefined).map(({ key }) => key),
      ...merge(
        heard.filter(({ ports }) => ports === undefined),
        conflicts,
      ),
      ports: new Map(
        [...named]
          .sort((a, b) => a - b)
          .map((port) => [
            port,
            merge(
              heard.filter(({ ports }) => ports?.includes(port) ?? true),
              conflicts,
            ),
          ]),
      ),
    };
  });
  const refused = unranked
    .filter((bearing) => bearing.standing === "consumer" && bearing.policy.spec.tls !== undefined)
    .map(({ key }) => ({ resource: key, path: "spec.tls" }))
    .sort((a, b) => (a.resource < b.resource ? -1 : 1));
  return { classes, conflicts: [...conflicts.values()], refused };
}

function merge(
  heard: readonly ConnectionBearing[],
  conflicts: Map<string, FieldConflict>,
): EffectiveSettings {
  return mergeLeaves(heard, settingsOf, conflicts);
}

/** Leaves that a policy may say, by field. */
export function* settingsOf({ policy, standing }: ConnectionBearing): Iterable<readonly [string, unknown]> {
  const { targets: _targets, sources: _sources, tls, ...rest } = policy.spec;
  const said = standing === "consumer" || tls === undefined ? rest : { ...rest, tls };
  yield* leavesIn(said, (field) => WHOLE.has(field));
}
