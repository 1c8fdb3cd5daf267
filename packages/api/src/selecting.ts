import { z } from "zod";
import { dnsLabel, dnsSubdomain, labels, port } from "./primitives.ts";

export const targetKinds = [
  "Service",
  "VirtualDestination",
  "ExternalService",
  "Workload",
  "Mesh",
  "VirtualMesh",
  "Workspace",
] as const;
export type TargetKind = (typeof targetKinds)[number];

/** What a policy is about, by name or by label. An empty list of targets selects all that the workspace may see. */
export const target = z.strictObject({
  kind: z.enum(targetKinds).default("Service").describe("What is selected."),
  name: dnsSubdomain.exactOptional().describe("Selects one by name."),
  namespace: dnsLabel
    .exactOptional()
    .describe("Namespace of the named object; required with `name` for Service and Workload."),
  namespaces: z.array(dnsLabel).min(1).exactOptional().describe("Selects within these namespaces."),
  labels: labels.exactOptional(),
  clusters: z.array(dnsSubdomain).min(1).exactOptional().describe("Only in these clusters."),
  clusterLabels: labels.exactOptional().describe("Only in clusters with these labels."),
  meshes: z.array(dnsSubdomain).min(1).exactOptional().describe("Only in meshes of these names."),
  ports: z.array(port).min(1).exactOptional().describe("Only these ports of the target."),
});
export type Target = z.output<typeof target>;

/** Which clients a policy concerns; the fields of one source must all hold, several sources are alternatives. */
export const source = z.strictObject({
  namespaces: z.array(dnsLabel).min(1).exactOptional(),
  serviceAccounts: z
    .array(dnsSubdomain)
    .min(1)
    .exactOptional()
    .describe("Names of service accounts, in `namespaces`."),
  labels: labels.exactOptional().describe("Labels of the client's pods."),
  clusters: z.array(dnsSubdomain).min(1).exactOptional(),
  clusterLabels: labels.exactOptional(),
  meshes: z.array(dnsSubdomain).min(1).exactOptional(),
});
export type Source = z.output<typeof source>;
