import type { Metadata, ResourceStatus } from "@heddle/api";
import type { ApiClient } from "./client/api-client.ts";

export interface ListedResource {
  readonly kind: string;
  readonly workspace: string;
  readonly name: string;
  readonly manifest: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: Metadata;
    readonly spec: Readonly<Record<string, unknown>>;
  };
  readonly status: ResourceStatus;
}

export const resourceFields = `kind workspace name manifest
  status { observedGeneration conditions { type status reason message observedGeneration lastTransitionTime }
    clusters { total programmed partiallyProgrammed pending overridden failed } }`;

const query = `query List($kind: String, $workspace: String, $labels: JSON, $after: String) {
  resources(kind: $kind, workspace: $workspace, labels: $labels, after: $after, limit: 200) { items { ${resourceFields} } next }
}`;

/** All resources of a kind, page by page. */
export async function listResources(
  api: ApiClient,
  filter: {
    readonly kind?: string;
    readonly workspace?: string | undefined;
    readonly labels?: Record<string, string> | undefined;
  },
): Promise<ListedResource[]> {
  const found: ListedResource[] = [];
  let after: string | null = null;
  do {
    const { resources }: { resources: { items: ListedResource[]; next: string | null } } = await api.query(
      query,
      { ...filter, after },
    );
    found.push(...resources.items);
    after = resources.next;
  } while (after !== null);
  return found;
}
