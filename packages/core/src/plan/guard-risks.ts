import type { Engine } from "../engine/engine.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import { AccessRisks } from "./access-risks.ts";
import { authenticationRisks } from "./authentication-risks.ts";
import { ClusterClients } from "./cluster-clients.ts";
import type { Guard } from "./guards.ts";
import type { Risk } from "./plan.ts";

/** What a destination's guard would newly keep out, of the clients that the inventory of its cluster knows. */
export function* guardRisks(
  engine: Engine,
  before: ReadonlyMap<string, Guard>,
  after: ReadonlyMap<string, Guard>,
): Iterable<Risk> {
  const access = new AccessRisks();
  const known = new Map<string, ClusterClients>();
  const clientsOf = (cluster: ClusterWorld): ClusterClients => {
    const found = known.get(cluster.cluster.name) ?? new ClusterClients(cluster);
    known.set(cluster.cluster.name, found);
    return found;
  };
  for (const [key, young] of after) {
    const old = before.get(key);
    const cluster = engine.world.clusters.get(young.cluster);
    // Without the destination nobody can have called it.
    if (old === undefined || cluster === undefined || !young.enforced) continue;
    // Clients are read only where something differs, so that a plan costs what its edits touch.
    const clients = () => clientsOf(cluster);
    yield* access.of(cluster, clients, old, young);
    yield* authenticationRisks(clients, old, young);
  }
}
