import type { KindName, Resource } from "@heddle/api";

/** A row of `resources`, or the part of `resource_generations` that is the resource. */
export interface ResourceRow {
  readonly kind: KindName;
  readonly workspace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly revision: number;
  readonly created_at: Date;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: object;
}

export const resourceColumns =
  "kind, workspace, name, uid, generation, revision, created_at, labels, annotations, spec";

/** What is stored was validated when it was accepted: here it is believed to be what its kind says. */
export function toResource(row: ResourceRow): Resource {
  return {
    apiVersion: "heddle.io/v1alpha1",
    kind: row.kind,
    metadata: {
      name: row.name,
      workspace: row.workspace,
      labels: row.labels,
      annotations: row.annotations,
      uid: row.uid,
      generation: row.generation,
      resourceVersion: String(row.revision),
      creationTimestamp: row.created_at.toISOString(),
    },
    spec: row.spec,
  } as Resource;
}
