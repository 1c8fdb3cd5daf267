import type { ObjectName } from "@heddle/api";
import {
  type DestinationUnit,
  type JsonObject,
  type Provenance,
  saysSomething,
  type TranslationBuilder,
  type UnitContext,
} from "@heddle/core";
import { type Subset, subsetOf } from "../../subsets.ts";
import { apiVersionOf } from "../api-versions.ts";
import { hostOf } from "../identity.ts";
import { matchesOf } from "./match.ts";
import { routeOf, type ToDestination } from "./route.ts";

const GROUP = "networking.istio.io";

/** Label by which Istio knows the cluster of an endpoint. */
const clusterLabel = "topology.istio.io/cluster";

/**
 * All routes of a destination in one VirtualService: a second one for the same host would be ignored by sidecars. The subsets it uses
 * become DestinationRule subsets, which may belong to another destination's object.
 */
export function translateTraffic(unit: DestinationUnit, context: UnitContext, out: TranslationBuilder): void {
  const { traffic, destination } = unit;
  if (traffic === undefined) return;
  const { mesh } = context;
  const http: JsonObject[] = [];
  const from: Provenance[] = [];
  for (const { clients, rules } of traffic.classes) {
    if (clients.serviceAccounts !== undefined) continue;
    for (const rule of rules) {
      if (
        rule.action.kind === "redirect" &&
        rule.from &&
        context.unsupported(rule.from.resource, `${rule.from.path}.redirect`)
      )
        continue;
      const sources = [
        ...(rule.from ? [rule.from] : []),
        ...Object.values(rule.knobs).map((knob) => knob.from),
      ];
      const matches = matchesOf(rule, clients);
      if (matches?.length === 0) continue;
      const skip = ({ resource, path }: Provenance) => context.unsupported(resource, path);
      http.push({
        ...(matches && { match: matches }),
        ...routeOf(rule, destinations(unit, context, out, sources), skip),
      });
      from.push(...sources);
    }
  }
  if (!traffic.classes.some(({ rules }) => rules.some(saysSomething))) return;
  const name: ObjectName = {
    apiVersion: apiVersionOf(mesh, GROUP),
    kind: "VirtualService",
    namespace: destination.namespace,
    name: destination.name,
  };
  out.object(name, from, { "spec.hosts": [hostOf(destination, mesh)], "spec.http": http });
}

function destinations(
  unit: DestinationUnit,
  context: UnitContext,
  out: TranslationBuilder,
  from: readonly Provenance[],
): ToDestination {
  return (backend) => {
    const target = {
      namespace: backend.destination?.namespace ?? unit.destination.namespace,
      name: backend.destination?.name ?? unit.destination.name,
    };
    const host = hostOf(target, context.mesh);
    const [first] = from;
    if (
      backend.destination !== undefined &&
      first &&
      context.destination(target.namespace, target.name) === undefined
    )
      out.finding({
        ...first,
        code: "DESTINATION_NOT_FOUND",
        reason: `no service ${target.name} in namespace ${target.namespace} of cluster ${context.cluster}`,
        remedy: "correct the name, or create the service; requests sent there fail until it exists",
      });
    const subset = withCluster(subsetOf(backend), backend.cluster);
    if (subset !== undefined) writeSubset(target, host, subset, context, out, from);
    return {
      host,
      ...(subset && { subset: subset.name }),
      ...(backend.port !== undefined && { port: { number: backend.port } }),
    };
  };
}

function withCluster(subset: Subset | undefined, cluster: string | undefined): Subset | undefined {
  if (cluster === undefined) return subset;
  return {
    name: subset === undefined ? `cluster-${cluster}` : `${subset.name}-cluster-${cluster}`,
    labels: { ...subset?.labels, [clusterLabel]: cluster },
  };
}

function writeSubset(
  target: { readonly namespace: string; readonly name: string },
  host: string,
  subset: Subset,
  { mesh }: UnitContext,
  out: TranslationBuilder,
  from: readonly Provenance[],
): void {
  const rule: ObjectName = { apiVersion: apiVersionOf(mesh, GROUP), kind: "DestinationRule", ...target };
  const home = `destination/${target.namespace}/${target.name}`;
  out.object(rule, from, { "spec.host": host }, home);
  out.item(rule, from, "spec.subsets", subset.name, { name: subset.name, labels: subset.labels }, home);
}
