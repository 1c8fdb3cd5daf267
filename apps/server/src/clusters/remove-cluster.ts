import type { ApiContext } from "../graphql/context.ts";
import { known } from "../resources/edit-resources.ts";

/**
 * Forgets a cluster with its resource and revokes its agent's certificates. Every replica sees the change and ends the streams that it
 * holds. False when the cluster was not known.
 */
export async function removeCluster({ store, fleet, actor }: ApiContext, name: string): Promise<boolean> {
  const uid = fleet.engine.world.clusters.get(name)?.cluster.uid ?? null;
  const enrolled = await store.clusters.remove(name);
  const { outcomes } = await store.resources.applyBatch(
    [{ op: "delete", kind: "Cluster", workspace: "default", name }],
    { author: actor.name, message: "cluster remove" },
  );
  const removed = enrolled || outcomes.some(({ outcome }) => outcome === "deleted");
  if (removed)
    await store.audit.append({ actor: actor.name, action: "cluster.remove", target: name, detail: { uid } });
  await known(fleet, await store.changes.revision());
  return removed;
}
