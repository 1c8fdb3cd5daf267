import type { JsonObject } from "../canonical-json.ts";
import { inCluster, inMesh } from "../selecting/target-match.ts";
import { inVersionRange } from "../translation/version-range.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import { administratorWorkspace } from "../world/ownership.ts";
import { keyOfUnit } from "../world/resource-unit.ts";
import type { Unit } from "../world/unit.ts";
import type { World } from "../world/world.ts";
import type { Subject } from "./subject.ts";

/** A RawConfig where it is placed: the same object for every dialect, so none is asked. Undefined where no mesh is one that it is for. */
export function rawSubject(world: World, cluster: ClusterWorld, unit: Unit): Subject | undefined {
  const key = keyOfUnit("RawConfig", unit);
  const resource = world.resources.get(key);
  if (resource?.kind !== "RawConfig") return undefined;
  const { dialect, meshVersions = "*", manifest, ...placed } = resource.spec;
  if (!inCluster(placed, cluster.cluster)) return undefined;
  const meshes = cluster
    .meshesInOrder()
    .filter(
      (mesh) =>
        mesh.dialect === dialect &&
        inMesh(placed, { meshes: [mesh.name] }) &&
        inVersionRange(mesh.version, meshVersions),
    );
  if (meshes.length === 0) return undefined;
  const { apiVersion, kind, metadata } = manifest;
  const { name, namespace } = metadata;
  const workspace = resource.metadata.workspace;
  const allowed =
    namespace === undefined
      ? workspace === administratorWorkspace
      : world.ownership.owns(workspace, unit.cluster, namespace);
  return {
    own: [key],
    meshes,
    bearings: [],
    translate(_translating, out) {
      const from = { resource: key, path: "spec.manifest" };
      if (allowed) {
        out.whole({ apiVersion, kind, namespace: namespace ?? "", name }, [from], manifest as JsonObject);
        out.verdict(from, "native", "written as it is");
      } else {
        out.verdict(from, "unsupported", "left out: it is not this workspace's to write");
        out.finding({
          ...from,
          path: namespace === undefined ? "spec.manifest.metadata" : "spec.manifest.metadata.namespace",
          code: "WORKSPACE_NOT_ALLOWED",
          reason:
            namespace === undefined
              ? `objects without a namespace are written only from workspace ${administratorWorkspace}`
              : `workspace ${workspace} does not own namespace ${namespace} in cluster ${unit.cluster}`,
          remedy: "put the object into a namespace of the workspace, or ask an administrator to apply it",
        });
      }
      return [];
    },
  };
}
