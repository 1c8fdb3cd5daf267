import type { MeshFact } from "@heddle/api";
import { effectiveAccess } from "../policy/effective-access.ts";
import { effectiveAuthentication } from "../policy/effective-authentication.ts";
import { effectiveEgress } from "../policy/effective-egress.ts";
import { effectiveExtension } from "../policy/effective-extension.ts";
import { effectiveTelemetry } from "../policy/effective-telemetry.ts";
import { defaultsOf } from "../policy/unit-defaults.ts";
import type { TranslationBuilder } from "../translation/contribution.ts";
import type { ClientUnit, Dialect, UnitContext } from "../translation/dialect.ts";
import { type Bearing, ofKind } from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import type { Policy } from "../world/target-index.ts";
import type { World } from "../world/world.ts";
import { conflictsOf } from "./called.ts";
import { aboutSecurity, modesOf, type Neighbour, rivalsIn } from "./neighbours.ts";
import type { Subject } from "./subject.ts";

interface ClientSubject {
  readonly world: World;
  readonly cluster: ClusterWorld;
  readonly meshes: readonly MeshFact[];
  readonly bearings: readonly Bearing[];
  /** Namespace whose default of access is said here. */
  readonly defaultsIn?: string;
  /** Whether the mesh's default of mTLS is said here. */
  readonly wholeMesh?: boolean;
  readonly neighbours?: (mesh: MeshFact) => readonly Neighbour[];
}

/** Kinds that are about what is called; they say nothing about workloads, namespaces and meshes by themselves. */
const aboutCalls: ReadonlySet<Policy["kind"]> = new Set(["TrafficPolicy", "ConnectionPolicy"]);

/** A workload, a namespace or a mesh: what stands for clients as well as for servers. */
export function clientSubject(
  { world, cluster, meshes, bearings, defaultsIn, wholeMesh, neighbours }: ClientSubject,
  translate: (dialect: Dialect, said: ClientUnit, context: UnitContext, out: TranslationBuilder) => void,
): Subject {
  const defaults = (mesh: MeshFact) => {
    const { denied, mtls } = defaultsOf(world, cluster.cluster.name, defaultsIn, mesh);
    return { ...(defaultsIn !== undefined && { denied }), ...(wholeMesh && { mtls }) };
  };
  return {
    own: meshes.flatMap((mesh) =>
      Object.values(defaults(mesh)).flatMap((value) => value?.from.resource ?? []),
    ),
    meshes,
    bearings: bearings.filter(({ policy }) => !aboutCalls.has(policy.kind)),
    translate({ dialect, heard, context, reads }, out) {
      const { denied, mtls } = defaults(context.mesh);
      const guarded = heard.some(({ policy }) => aboutSecurity.has(policy.kind));
      const sharing = guarded ? (neighbours?.(context.mesh) ?? []) : [];
      const said: ClientUnit = {
        rivals: rivalsIn(sharing),
        access: effectiveAccess(ofKind(heard, "AccessPolicy"), denied),
        authentication: effectiveAuthentication(ofKind(heard, "AuthenticationPolicy"), {
          elsewhere: modesOf(sharing, reads),
          ...(mtls && { fallback: mtls }),
        }),
        extension: effectiveExtension(ofKind(heard, "ExtensionPolicy")),
        telemetry: effectiveTelemetry(ofKind(heard, "TelemetryPolicy")),
        egress: effectiveEgress(ofKind(heard, "EgressPolicy")),
      };
      translate(dialect, said, context, out);
      return conflictsOf(said.authentication, said.telemetry, said.egress);
    },
  };
}
