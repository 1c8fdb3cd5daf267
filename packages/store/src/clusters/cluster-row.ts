import type { ClusterFact } from "@heddle/api";

export interface ClusterRow {
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly region: string | null;
  readonly zone: string | null;
  readonly network: string | null;
  readonly paused: boolean;
  readonly created_at: Date;
}

export const clusterColumns = "name, uid, labels, region, zone, network, paused, created_at";

export function toCluster({ name, uid, labels, region, zone, network, paused }: ClusterRow): ClusterFact {
  return {
    name,
    uid,
    labels,
    ...(region !== null && { region }),
    ...(zone !== null && { zone }),
    ...(network !== null && { network }),
    paused,
  };
}
