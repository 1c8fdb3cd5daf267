import { z } from "zod";
import { dnsLabel, dnsSubdomain, labels, port } from "./primitives.ts";
import { refersTo, selectsClusters } from "./reference-mark.ts";

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

const clusterName = refersTo("Cluster", dnsSubdomain).describe("Name of a registered cluster.");
const meshName = refersTo("Mesh", dnsSubdomain).describe("Name of a mesh in its cluster.");
export const namespaceName = refersTo("Namespace", dnsLabel);
export const clusterLabels = selectsClusters(labels);

/** Where something holds: the fields must all hold; without any, everywhere. */
export const placement = {
  clusters: z.array(clusterName).min(1).exactOptional().describe("Only in these clusters."),
  clusterLabels: clusterLabels.exactOptional().describe("Only in clusters with these labels."),
  meshes: z.array(meshName).min(1).exactOptional().describe("Only in meshes of these names."),
};

/** What a policy is about, by name or by label. An empty list of targets selects all that the workspace may see. */
export const target = refersTo(
  "byKind",
  z.strictObject({
    kind: z.enum(targetKinds).default("Service").describe("What is selected."),
    name: dnsSubdomain.exactOptional().describe("Selects one by name."),
    namespace: namespaceName
      .exactOptional()
      .describe("Namespace of the named object; required with `name` for Service and Workload."),
    namespaces: z.array(namespaceName).min(1).exactOptional().describe("Selects within these namespaces."),
    labels: labels.exactOptional().describe("Selects what has all of these labels."),
    ...placement,
    ports: z.array(port).min(1).exactOptional().describe("Only these ports of the target."),
  }),
);
export type Target = z.output<typeof target>;

/** The field `targets` as every policy has it. */
export const targets = z
  .array(target)
  .default([])
  .describe("What the policy is about; everything that the workspace may see unless set.");

/** Which clients a policy concerns; the fields of one source must all hold, several sources are alternatives. */
export const source = z.strictObject({
  namespaces: z.array(namespaceName).min(1).exactOptional().describe("Clients in these namespaces."),
  serviceAccounts: z
    .array(dnsSubdomain)
    .min(1)
    .exactOptional()
    .describe("Names of service accounts, in `namespaces`."),
  labels: labels.exactOptional().describe("Labels of the client's pods."),
  ...placement,
});
export type Source = z.output<typeof source>;

/** The field `sources` as traffic policies have it. */
export const sources = z
  .array(source)
  .min(1)
  .exactOptional()
  .describe("Which clients it concerns, as alternatives; every client unless set.");

/** A workspace by name, or every one. */
export const workspaceOrAll = z.union([refersTo("Workspace", dnsLabel), z.literal("*")]);

/** The field `exportTo` as destinations have it. */
export const exportTo = z
  .array(workspaceOrAll)
  .min(1)
  .exactOptional()
  .describe("Workspaces that can call it; `*` for all, only its own unless set.");

/** Namespaces of some clusters, by name or by label. */
export const namespaceSelector = z.strictObject({
  clusters: placement.clusters,
  clusterLabels: placement.clusterLabels,
  namespaces: z
    .array(z.union([namespaceName, z.literal("*")]))
    .min(1)
    .exactOptional()
    .describe("Names of namespaces; `*` for all."),
  namespaceLabels: labels.exactOptional().describe("Namespaces with these labels."),
});
export type NamespaceSelector = z.output<typeof namespaceSelector>;
