import type { ObjectName, WorkloadFact } from "@heddle/api";
import {
  canonicalJson,
  type DestinationUnit,
  type Json,
  type Labels,
  type Provenance,
  type SecurityUnit,
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
  /** Services and workloads with security of their own at this port of some of the pods, by another selector. */
  readonly rivals: readonly string[];
  /** Whether one by the same selector, which shares the Server, refuses what no ALLOW lets pass. */
  readonly closed: boolean;
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
        ...rivalsAt({ selector, workloadPort }, rivals, workloads),
      })),
    );
}

/** Of what shares pods with a port's owner, what has a Server of its own there, and what shares this one. */
export function rivalsAt(
  { selector, workloadPort }: Pick<InboundPort, "selector" | "workloadPort">,
  rivals: SecurityUnit["rivals"],
  workloads: readonly WorkloadFact[],
): Pick<InboundPort, "rivals" | "closed"> {
  const here = rivals.filter(({ fact }) =>
    fact.kind === "Workload"
      ? fact.ports.some(({ port }) => port === workloadPort)
      : fact.ports.some(({ port }) => workloadPorts(fact, workloads, port).includes(workloadPort)),
  );
  const sharing = here.filter(({ fact }) =>
    sameLabels(fact.kind === "Workload" ? fact.labels : fact.selector, selector),
  );
  return {
    rivals: here
      .filter((rival) => !sharing.includes(rival))
      .map(({ fact: { kind, name } }) => `${kind === "Workload" ? "workload" : "Service"} ${name}`),
    closed: sharing.some(({ closed }) => closed),
  };
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
