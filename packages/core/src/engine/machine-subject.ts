import type { ClusterWorld } from "../world/cluster-world.ts";
import { keyOfUnit } from "../world/resource-unit.ts";
import type { Unit } from "../world/unit.ts";
import type { World } from "../world/world.ts";
import { readKey } from "./read-key.ts";
import type { Subject } from "./subject.ts";

/**
 * A machine that joins the mesh of its namespace's pods in its cluster, or in every cluster on its network. Undefined where it does not
 * belong.
 */
export function machineSubject(world: World, cluster: ClusterWorld, unit: Unit): Subject | undefined {
  const key = keyOfUnit("ExternalWorkload", unit);
  const machine = world.resources.get(key);
  if (machine?.kind !== "ExternalWorkload" || cluster.meshes.size === 0) return undefined;
  const { cluster: named, network, namespace } = machine.spec;
  const joins = named === undefined ? network === cluster.cluster.network : named === unit.cluster;
  if (!joins) return undefined;
  const { workspace } = machine.metadata;
  const allowed = world.ownership.owns(workspace, unit.cluster, namespace);
  return {
    own: [key],
    meshes: cluster.meshesInOrder(),
    bearings: [],
    translate({ dialect, context, reads }, out) {
      reads.add(readKey({ kind: "namespace", namespace, name: namespace }));
      const from = { resource: key, path: "spec" };
      const leaveOut = (why: string) => out.verdict(from, "unsupported", `left out: ${why}`);
      if (!allowed) {
        leaveOut("the namespace is another workspace's");
        out.finding({
          ...from,
          path: "spec.namespace",
          code: "WORKSPACE_NOT_ALLOWED",
          reason: `workspace ${workspace} does not own namespace ${namespace} in cluster ${unit.cluster}`,
          remedy: "name a namespace of the workspace, or ask an administrator to apply it",
        });
      } else if (!cluster.namespaces.has(namespace))
        leaveOut(`cluster ${unit.cluster} has no namespace ${namespace}`);
      else if (!cluster.meshesOf(cluster.workloadsByNamespace.get(namespace)).includes(context.mesh))
        leaveOut(`no pods of namespace ${namespace} run in mesh ${context.mesh.name}`);
      else dialect.translate.machine?.({ machine }, context, out);
      return [];
    },
  };
}
