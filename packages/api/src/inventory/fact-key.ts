import type { Fact, FactKind } from "./facts.ts";

/** `Kind//name` or `Kind/namespace/name`; a workload's name is preceded by its kind, as in `Workload/shop/Deployment.reviews-v1`. */
export type FactKey = `${FactKind}/${string}/${string}`;

export function factKey(value: Fact): FactKey {
  switch (value.kind) {
    case "Namespace":
    case "Mesh":
      return `${value.kind}//${value.name}`;
    case "Workload":
      return `Workload/${value.namespace}/${value.workloadKind}.${value.name}`;
    case "Destination":
    case "GatewayEndpoint":
      return `${value.kind}/${value.namespace}/${value.name}`;
  }
}
