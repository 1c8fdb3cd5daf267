import type { ListedResource } from "./list-resources.ts";

export type StoredManifest = ListedResource["manifest"];

/** What a person wrote of a stored resource: without what the server sets, and without what is empty. */
export function writtenPart({ apiVersion, kind, metadata, spec }: StoredManifest): unknown {
  const { name, workspace, labels, annotations } = metadata;
  const some = (map: object) => Object.keys(map).length > 0;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      workspace,
      ...(some(labels) && { labels }),
      ...(some(annotations) && { annotations }),
    },
    spec,
  };
}
