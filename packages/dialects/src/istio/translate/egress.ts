import { parseResourceKey, type Reachable } from "@heddle/api";
import type { EffectiveEgress, Provenance, Sourced, TranslationBuilder, UnitContext } from "@heddle/core";
import { apiVersionOf } from "../api-versions.ts";
import { hostOf } from "../identity.ts";
import type { Scope } from "./scope.ts";

/**
 * One Sidecar at each level that a policy speaks about. Of all Sidecars that select a workload only the narrowest counts, so each has
 * everything that wider policies say too.
 */
export function translateEgress(
  egress: EffectiveEgress | undefined,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  if (egress === undefined || !egress.levels.has(scope.level)) return;
  const { outbound, reachable, limitedBy } = egress;
  const hosts = reachable?.flatMap((entry) => hostsOf(entry, scope, context));
  const from = [
    ...(outbound ? [outbound.from] : []),
    ...(reachable?.length ? reachable.map((entry) => entry.from) : limitedBy),
  ];
  out.object(
    {
      apiVersion: apiVersionOf(context.mesh, "networking.istio.io"),
      kind: "Sidecar",
      namespace: scope.namespace,
      name: scope.selector === undefined ? "default" : scope.subject,
    },
    from,
    {
      "spec.workloadSelector": scope.selector === undefined ? null : { labels: scope.selector },
      "spec.outboundTrafficPolicy":
        outbound === undefined
          ? null
          : { mode: outbound.value === "registryOnly" ? "REGISTRY_ONLY" : "ALLOW_ANY" },
      "spec.egress": hosts === undefined ? null : [{ hosts: hosts.length === 0 ? NOTHING : distinct(hosts) }],
    },
  );
}

/** How a Sidecar says that nothing is imported. */
const NOTHING: readonly string[] = ["~/*"];

/** `NAMESPACE/HOST` patterns; what a Sidecar cannot narrow (ports, labels) is told in full, addresses not at all. */
function hostsOf({ value, from }: Sourced<Reachable>, scope: Scope, context: UnitContext): string[] {
  const { destination, namespaces, labels, hosts } = value;
  if (destination?.kind === "ExternalService") {
    const { workspace } = parseResourceKey(from.resource);
    return (
      context.named("ExternalService", workspace, destination.name)?.spec.hosts.map((host) => `*/${host}`) ??
      []
    );
  }
  if (destination?.kind === "VirtualDestination") return virtualHostsOf(destination.name, from, context);
  if (destination !== undefined) {
    const namespace = destination.namespace ?? scope.namespace;
    return [`${namespace}/${hostOf({ namespace, name: destination.name }, context.mesh)}`];
  }
  if (namespaces === undefined && hosts === undefined && labels === undefined) return [];
  return (namespaces ?? ["*"]).flatMap((namespace) => (hosts ?? ["*"]).map((host) => `${namespace}/${host}`));
}

/** A virtual destination's routes lead to other hosts, of which proxies must be told too. */
function virtualHostsOf(name: string, from: Provenance, context: UnitContext): string[] {
  const { workspace } = parseResourceKey(from.resource);
  const virtual = context.named("VirtualDestination", workspace, name);
  if (virtual === undefined) return [];
  const behind = context.splitOf(virtual).flatMap(({ destination }): string[] => {
    if (destination?.kind === "Service" && destination.namespace !== undefined) {
      const { namespace } = destination;
      return [`${namespace}/${hostOf({ namespace, name: destination.name }, context.mesh)}`];
    }
    const external =
      destination && context.named("ExternalService", virtual.metadata.workspace, destination.name);
    return external?.spec.hosts.map((host) => `*/${host}`) ?? [];
  });
  return [...virtual.spec.hosts.map((host) => `*/${host}`), ...behind];
}

/** Without what another entry covers: Istio warns of a host beside its namespace's `*`. */
function distinct(texts: readonly string[]): string[] {
  const all = new Set(texts);
  const covered = (text: string) => !text.endsWith("/*") && all.has(`${text.split("/")[0]}/*`);
  return [...all].filter((text) => !covered(text)).sort();
}
