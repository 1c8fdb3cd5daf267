import type { DestinationFact, ObjectName, WorkloadFact } from "@heddle/api";
import {
  canonicalJson,
  type DestinationUnit,
  type Json,
  type Labels,
  type Provenance,
  sameLabels,
  shortHash,
  type TranslationBuilder,
  type UnitContext,
} from "@heddle/core";
import { workloadPorts } from "../../ports.ts";
import { serverApiVersion } from "../api-versions.ts";

/** One port of the pods behind a destination or workload: what Linkerd hangs inbound policy on. */
export interface InboundPort {
  readonly namespace: string;
  readonly selector: Labels;
  /** As the policies' authors name it: the Service's port, or the workload's own. */
  readonly port: number;
  readonly workloadPort: number;
  /** Other Services with security of their own that lead to this port of some of the pods by another selector. */
  readonly rivals: readonly string[];
}

export function inboundPortsOf({
  destination,
  workloads,
  rivals,
}: Pick<DestinationUnit, "destination" | "workloads" | "rivals">): InboundPort[] {
  const { namespace, selector } = destination;
  if (Object.keys(selector).length === 0) return [];
  return destination.ports
    .filter(({ protocol }) => protocol === "TCP")
    .flatMap(({ port }) =>
      workloadPorts(destination, workloads, port).map((workloadPort) => ({
        namespace,
        selector,
        port,
        workloadPort,
        rivals: rivals
          .filter((rival) => !sameLabels(rival.selector, selector) && leadsTo(rival, workloads, workloadPort))
          .map(({ name }) => name),
      })),
    );
}

function leadsTo(
  service: DestinationFact,
  workloads: readonly WorkloadFact[],
  workloadPort: number,
): boolean {
  return service.ports.some(({ port }) => workloadPorts(service, workloads, port).includes(workloadPort));
}

/**
 * The Server of an inbound port. Two Servers must not select one port of one pod, so the name depends on nothing but selector and port
 * and every unit that needs it contributes to the same object. Creating it turns that port to default deny.
 */
export function writeServer(
  inbound: InboundPort,
  accessPolicy: "all-authenticated" | null,
  from: readonly Provenance[],
  { mesh }: UnitContext,
  out: TranslationBuilder,
): ObjectName {
  const label = Object.values(inbound.selector).sort()[0] ?? "pods";
  const hash = shortHash(canonicalJson(inbound.selector));
  const name: ObjectName = {
    apiVersion: serverApiVersion(mesh),
    kind: "Server",
    namespace: inbound.namespace,
    name: `${label
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, "-")
      .slice(0, 40)}-${inbound.workloadPort}-${hash}`.replace(/^-/, "x-"),
  };
  const fields: Record<string, Json | null> = {
    "spec.podSelector": { matchLabels: inbound.selector },
    "spec.port": inbound.workloadPort,
    "spec.accessPolicy": accessPolicy,
  };
  out.object(name, from, fields, `server/${name.namespace}/${name.name}`);
  return name;
}
