import type { DestinationFact, ObjectName, Split } from "@heddle/api";
import type { DestinationUnit, JsonObject, Provenance, TranslationBuilder, UnitContext } from "@heddle/core";
import { dnsLabelOf } from "../../object-names.ts";
import { type Subset, subsetOf } from "../../subsets.ts";
import { headerFilters } from "./match.ts";

/**
 * BackendRef of a split. Linkerd has no subsets: each becomes a Service of its own, with the selector of the destination and the
 * labels of the subset, that belongs to the destination's bundle.
 */
export function backendOf(
  backend: Split,
  port: number,
  unit: Pick<DestinationUnit, "destination">,
  context: UnitContext,
  out: TranslationBuilder,
  from: Provenance,
): JsonObject {
  const namespace = backend.destination?.namespace ?? unit.destination.namespace;
  const name = backend.destination?.name ?? unit.destination.name;
  const itself = namespace === unit.destination.namespace && name === unit.destination.name;
  const target = itself ? unit.destination : context.destination(namespace, name);
  if (target === undefined)
    out.finding({
      ...from,
      code: "DESTINATION_NOT_FOUND",
      reason: `no service ${name} in namespace ${namespace} of cluster ${context.cluster}`,
      remedy: "correct the name, or create the service; requests sent there fail until it exists",
    });
  const subset = subsetOf(backend);
  const service =
    subset === undefined || target === undefined ? name : subsetService(target, subset, out, from);
  const filters = headerFilters(backend.headers);
  return {
    name: service,
    namespace,
    port: backend.port ?? port,
    weight: backend.weight,
    ...(filters.length > 0 && { filters }),
  };
}

function subsetService(
  target: DestinationFact,
  subset: Subset,
  out: TranslationBuilder,
  from: Provenance,
): string {
  const name = dnsLabelOf(`${target.name}-subset-${subset.name}`);
  const service: ObjectName = { apiVersion: "v1", kind: "Service", namespace: target.namespace, name };
  out.object(
    service,
    [from],
    {
      "spec.selector": { ...target.selector, ...subset.labels },
      "spec.ports": target.ports.map(({ name: portName, port, targetPort, protocol, appProtocol }) => ({
        ...(portName !== undefined && { name: portName }),
        port,
        ...(targetPort !== undefined && { targetPort }),
        protocol,
        ...(appProtocol !== undefined && { appProtocol }),
      })),
    },
    `destination/${target.namespace}/${target.name}`,
  );
  return name;
}
