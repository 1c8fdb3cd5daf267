import type { ApiClient } from "./client/api-client.ts";
import { age, table } from "./output/table.ts";

export interface ListedCluster {
  readonly name: string;
  readonly uid: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly region: string | null;
  readonly network: string | null;
  readonly paused: boolean;
  readonly enrolled: boolean;
  readonly objects: number;
  readonly workloads: number;
  readonly destinations: number;
  readonly meshes: readonly { readonly name: string; readonly dialect: string; readonly version: string }[];
  readonly problems: readonly {
    readonly object: string;
    readonly code: string;
    readonly message: string;
    readonly owner: string | null;
  }[];
  readonly status: {
    readonly connected: boolean;
    readonly inSync: boolean;
    readonly lastSeenAt: string | null;
    readonly desiredRevision: number | null;
    readonly appliedRevision: number | null;
    readonly agentVersion: string | null;
    readonly kubernetesVersion: string | null;
    readonly certificateNotAfter: string | null;
  };
}

const query = `{ clusters { name uid labels region network paused enrolled objects workloads destinations
  meshes { name dialect version } problems { object code message owner }
  status { connected inSync lastSeenAt desiredRevision appliedRevision agentVersion kubernetesVersion certificateNotAfter } } }`;

export async function listClusters(api: ApiClient): Promise<readonly ListedCluster[]> {
  return (await api.query<{ clusters: readonly ListedCluster[] }>(query)).clusters;
}

/** One word on how a cluster stands. */
export function clusterState({ enrolled, paused, status, problems }: ListedCluster): string {
  if (!enrolled) return "NotEnrolled";
  if (paused) return "Paused";
  if (!status.connected) return "Unreachable";
  if (!status.inSync) return "Pending";
  return problems.length > 0 ? "Degraded" : "Ready";
}

export function clusterTable(
  clusters: readonly ListedCluster[],
  options: { readonly wide: boolean; readonly header: boolean },
): string {
  const columns = [
    "NAME",
    "STATUS",
    "MESHES",
    "DESIRED",
    "APPLIED",
    "SEEN",
    "OBJECTS",
    "PROBLEMS",
    ...(options.wide ? ["REGION", "NETWORK", "KUBERNETES", "AGENT", "CERTIFICATE-UNTIL"] : []),
  ];
  const rows = clusters.map((cluster) => {
    const { status } = cluster;
    return [
      cluster.name,
      clusterState(cluster),
      cluster.meshes.map(({ dialect, version }) => `${dialect} ${version}`).join(", ") || "<none>",
      text(status.desiredRevision),
      text(status.appliedRevision),
      age(status.lastSeenAt),
      String(cluster.objects),
      String(cluster.problems.length),
      ...(options.wide
        ? [
            cluster.region ?? "<none>",
            cluster.network ?? "<none>",
            status.kubernetesVersion ?? "<none>",
            status.agentVersion ?? "<none>",
            status.certificateNotAfter ?? "<none>",
          ]
        : []),
    ];
  });
  return table(columns, rows, options);
}

function text(revision: number | null): string {
  return revision === null ? "-" : String(revision);
}
