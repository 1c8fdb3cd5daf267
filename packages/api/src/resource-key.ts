/** `Kind/workspace/name`: how a resource is named in findings, provenance, indexes and URLs. */
export type ResourceKey = `${string}/${string}/${string}`;

export function resourceKey(resource: {
  readonly kind: string;
  readonly metadata: { readonly workspace: string; readonly name: string };
}): ResourceKey {
  return `${resource.kind}/${resource.metadata.workspace}/${resource.metadata.name}`;
}

export interface ResourceName {
  readonly kind: string;
  readonly workspace: string;
  readonly name: string;
}

export function parseResourceKey(key: ResourceKey): ResourceName {
  const [kind = "", workspace = "", ...rest] = key.split("/");
  return { kind, workspace, name: rest.join("/") };
}
