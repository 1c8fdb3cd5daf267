import {
  type Finding,
  finding,
  nearestName,
  type PathSegment,
  type Resource,
  resourceKey,
  type Target,
} from "@heddle/api";
import { isPolicy } from "@heddle/core";
import type { Fleet } from "../fleet/fleet.ts";

/**
 * What a resource names that is not there: warnings, since it may come later (a policy may be applied before the service it is about).
 * Nothing is said while no cluster has reported.
 */
export function worldFindings(
  fleet: Fleet,
  resource: Pick<Resource, "kind" | "metadata" | "spec">,
): Finding[] {
  const { world } = fleet.engine;
  if (world.clusters.size === 0) return [];
  const key = resourceKey(resource);
  const findings: Finding[] = [];
  if (isPolicy(resource as Resource)) {
    const { targets } = resource.spec as { readonly targets: readonly Target[] };
    targets.forEach((target, index) => {
      const { kind, name, namespace } = target;
      if (kind === "Service" && name !== undefined && namespace !== undefined)
        missingService(name, namespace, ["spec", "targets", index, "name"]);
    });
  }
  if (resource.kind === "TrafficPolicy") {
    const spec = resource.spec as Extract<Resource, { kind: "TrafficPolicy" }>["spec"];
    const own = spec.targets.find(({ kind }) => kind === "Service")?.namespace;
    spec.rules.forEach((rule, at) => {
      rule.split?.forEach(({ destination }, index) => {
        const namespace = destination?.namespace ?? own;
        if (destination?.kind === "Service" && namespace !== undefined)
          missingService(destination.name, namespace, [
            "spec",
            "rules",
            at,
            "split",
            index,
            "destination",
            "name",
          ]);
      });
    });
  }
  return findings;

  function missingService(name: string, namespace: string, path: readonly PathSegment[]): void {
    if (world.clustersByDestination.has(`${namespace}/${name}`)) return;
    const known = [...world.clustersByNamespace.get(namespace)].flatMap((cluster) =>
      [...(world.clusters.get(cluster)?.destinationsByNamespace.get(namespace) ?? [])].map(
        (destination) => destination.name,
      ),
    );
    const nearest = nearestName(name, known);
    const code = path[1] === "targets" ? "TARGET_NOT_FOUND" : "DESTINATION_NOT_FOUND";
    findings.push(
      finding(code, {
        severity: "warning",
        path,
        resource: key,
        reason: `no service \`${name}\` in namespace \`${namespace}\` of any cluster${nearest === undefined ? "" : `; did you mean \`${nearest}\`?`}`,
      }),
    );
  }
}
