import type { ApiClient } from "../client/api-client.ts";

interface Plan {
  readonly summary: {
    readonly create: number;
    readonly change: number;
    readonly delete: number;
    readonly clusters: number;
  };
  readonly objects: readonly {
    readonly action: string;
    readonly object: string;
    readonly clusters: readonly string[];
  }[];
  readonly risks: readonly {
    readonly code: string;
    readonly reason: string;
    readonly clients: readonly string[];
    readonly destinations: readonly string[];
    readonly clusters: readonly string[];
  }[];
}

const query = `query Plan($manifests: [JSON!]) {
  plan(manifests: $manifests) {
    summary { create change delete clusters }
    objects { action object clusters }
    risks { code reason clients destinations clusters }
  } }`;

/** What would be written where, and what it could break. */
export async function showPlan(
  api: ApiClient,
  manifests: readonly unknown[],
  say: (line: string) => void,
): Promise<void> {
  const { plan } = await api.query<{ plan: Plan }>(query, { manifests });
  for (const { action, object, clusters } of plan.objects) {
    const [, kind, namespace, name] = object.split("|");
    say(`   ${action} ${kind} ${namespace}/${name} in ${clusters.join(", ")}`);
  }
  for (const { code, reason, clients, destinations, clusters } of plan.risks)
    say(
      `   ! ${destinations.join(", ")} in ${clusters.join(", ")}: ${reason}${clients.length === 0 ? "" : `: ${clients.join(", ")}`} [${code}]`,
    );
  const { summary } = plan;
  say(
    `   ${summary.create} to create, ${summary.change} to change, ${summary.delete} to delete in ${summary.clusters} clusters`,
  );
}
