import { z } from "zod";
import { checkUnique } from "../checks/check-unique.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { address, dnsLabel, dnsSubdomain, labels, port, spiffeId } from "../primitives.ts";
import { refersTo } from "../reference-mark.ts";
import { namespaceName } from "../selecting.ts";
import { locality, portName, protocols } from "../traffic/endpoint.ts";
import { healthCheck } from "../traffic/health-check.ts";

const spec = z.strictObject({
  namespace: namespaceName.describe("Namespace that it belongs to."),
  addresses: z.array(address).min(1).max(16).describe("Where it is reached."),
  ports: z
    .array(
      z.strictObject({
        name: portName.exactOptional(),
        port: port.describe("Port that it listens on."),
        protocol: z.enum(protocols).default("TCP").describe("What is spoken on the port."),
      }),
    )
    .min(1)
    .max(64)
    .describe("Its ports."),
  identity: z
    .union([
      z.strictObject({ serviceAccount: dnsSubdomain.describe("Service account of its namespace.") }),
      z.strictObject({ spiffeId: spiffeId.describe("SPIFFE ID that its certificate has.") }),
    ])
    .describe("Who it is: exactly one of `serviceAccount`, `spiffeId`."),
  labels: labels.default({}).describe("Labels that services select it by."),
  cluster: refersTo("Cluster", dnsSubdomain)
    .exactOptional()
    .describe("Cluster whose mesh it joins; needed unless `network` is set."),
  network: dnsLabel.exactOptional().describe("Network it is in; the cluster's unless set."),
  locality: locality.exactOptional().describe("Where it is, for failover."),
  weight: z
    .int()
    .min(1)
    .max(1_000_000)
    .exactOptional()
    .describe("Share relative to the service's other endpoints."),
  healthCheck: healthCheck.exactOptional().describe("How it is found to be well."),
});
export type ExternalWorkloadSpec = z.output<typeof spec>;

function check(value: ExternalWorkloadSpec, report: Report): void {
  if (value.cluster === undefined && value.network === undefined)
    report({
      code: "MISSING_COMPANION",
      path: ["cluster"],
      reason: "it is in no cluster and no network, so nothing knows how to reach it",
      remedy: "set cluster, network or both",
    });
  checkUnique(value.addresses, ["addresses"], (entry) => entry, report);
  checkUnique(value.ports, ["ports"], (entry) => entry.port, report, {
    field: "port",
    code: "DUPLICATE_PORT",
  });
  checkUnique(value.ports, ["ports"], (entry) => entry.name, report, { field: "name" });
}

export const externalWorkload = defineKind({
  kind: "ExternalWorkload",
  plural: "externalworkloads",
  shortNames: ["ew"],
  area: "extension",
  workspaced: true,
  summary: "A workload that is not a pod, such as a virtual machine, as a member of a mesh.",
  columns: [
    { name: "Namespace", path: ".spec.namespace" },
    { name: "Addresses", path: ".spec.addresses" },
  ],
  spec,
  check,
});
