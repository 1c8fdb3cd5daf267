import type { Column, KindNames } from "../define-kind.ts";

/** A kind whose objects discovery finds in the clusters: they are listed and selected, never applied. */
export interface DiscoveredKind extends KindNames {
  readonly namespaced: boolean;
  readonly summary: string;
  /** Paths are into the fact (`inventory/facts.ts`). */
  readonly columns: readonly Column[];
}

export const discoveredKinds = [
  {
    kind: "Mesh",
    plural: "meshes",
    shortNames: ["me"],
    namespaced: false,
    summary: "A control plane of a mesh product in a cluster.",
    columns: [
      { name: "Dialect", path: ".dialect" },
      { name: "Version", path: ".version" },
      { name: "Revision", path: ".revision" },
      { name: "Trust-Domain", path: ".trustDomain" },
    ],
  },
  {
    kind: "Workload",
    plural: "workloads",
    shortNames: ["wl"],
    namespaced: true,
    summary: "What sends or serves traffic: a Deployment, StatefulSet, …",
    columns: [
      { name: "Type", path: ".workloadKind" },
      { name: "Mesh", path: ".mesh" },
      { name: "Ready", path: ".pods.ready", type: "integer" },
      { name: "Meshed", path: ".pods.meshed", type: "integer" },
    ],
  },
  {
    kind: "Destination",
    plural: "destinations",
    shortNames: ["dest"],
    namespaced: true,
    summary: "A Kubernetes Service as something that can be called.",
    columns: [{ name: "Ports", path: ".ports[*].port" }],
  },
  {
    kind: "GatewayEndpoint",
    plural: "gatewayendpoints",
    shortNames: ["ge"],
    namespaced: true,
    summary: "Addresses at which a gateway of a cluster is reached.",
    columns: [
      { name: "Role", path: ".role" },
      { name: "Addresses", path: ".addresses" },
    ],
  },
] as const satisfies readonly DiscoveredKind[];

export type DiscoveredKindName = (typeof discoveredKinds)[number]["kind"];
