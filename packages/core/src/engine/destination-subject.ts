import type { DestinationFact, WorkloadFact } from "@heddle/api";
import { effectiveAccess } from "../policy/effective-access.ts";
import { effectiveAuthentication } from "../policy/effective-authentication.ts";
import { effectiveExtension } from "../policy/effective-extension.ts";
import { effectiveTelemetry } from "../policy/effective-telemetry.ts";
import { defaultsOf } from "../policy/unit-defaults.ts";
import type { SecurityUnit } from "../translation/dialect.ts";
import { bearingOnDestination, ofKind } from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import type { World } from "../world/world.ts";
import { calledOf, conflictsOf } from "./called.ts";
import { aboutSecurity, modesOf, neighboursOfDestination, rivalsIn } from "./neighbours.ts";
import type { Subject } from "./subject.ts";

/** A Service, with the workloads behind it. */
export function destinationSubject(
  world: World,
  cluster: ClusterWorld,
  destination: DestinationFact,
): Subject {
  const workloads: readonly WorkloadFact[] = cluster.workloadsOf(destination);
  const meshes = cluster.meshesOf(workloads);
  const name = cluster.cluster.name;
  const { namespace } = destination;
  return {
    own: meshes.flatMap((mesh) => defaultsOf(world, name, namespace, mesh).from),
    meshes,
    bearings: bearingOnDestination(world, cluster, destination, meshes),
    translate({ dialect, heard, context, reads }, out) {
      const called = calledOf(world, cluster, heard, context, out);
      const { denied, mtls } = defaultsOf(world, name, namespace, context.mesh);
      const guarded = denied ?? mtls ?? heard.find(({ policy }) => aboutSecurity.has(policy.kind));
      const neighbours = guarded
        ? neighboursOfDestination(world, cluster, destination, workloads, context.mesh)
        : [];
      const security: SecurityUnit = {
        rivals: rivalsIn(neighbours),
        access: effectiveAccess(ofKind(heard, "AccessPolicy"), denied),
        authentication: effectiveAuthentication(ofKind(heard, "AuthenticationPolicy"), {
          elsewhere: modesOf(neighbours, reads),
          ...(mtls && { fallback: mtls }),
        }),
        extension: effectiveExtension(ofKind(heard, "ExtensionPolicy")),
        telemetry: effectiveTelemetry(ofKind(heard, "TelemetryPolicy")),
      };
      dialect.translate.destination?.({ destination, workloads, ...called, ...security }, context, out);
      return conflictsOf(called.traffic, called.connection, security.authentication, security.telemetry);
    },
  };
}
