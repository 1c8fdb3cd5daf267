import type { Json, JsonObject } from "../json/json.ts";
import { joinApiVersion, type KubeObject } from "../json/kube-object.ts";
import type { Served } from "../resources/registry.ts";
import type { Column } from "../resources/resource.ts";
import type { Wanted } from "./negotiate.ts";

/** How the objects of a list or watch are shown: as they are, as table rows, or as metadata alone. */
export function partial(object: KubeObject): JsonObject {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
}

/** A Table of objects; the column definitions may be left out after the first event of a watch. */
export function table(
  { version }: Served,
  objects: readonly KubeObject[],
  metadata: JsonObject,
  options: { readonly include: string; readonly definitions: boolean },
): JsonObject {
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: options.definitions ? version.columns.map(definition) : null,
    rows: objects.map((object) => ({
      cells: version.columns.map((column) => column.cell(object)),
      ...(options.include === "None"
        ? {}
        : { object: options.include === "Object" ? object : partial(object) }),
    })),
  };
}

const definition = ({ name, type, format, description, priority }: Column): Json => ({
  name,
  type,
  format: format ?? "",
  description: description ?? "",
  priority,
});

/** One object in the form that the client wants. */
export function presentObject(
  served: Served,
  object: KubeObject,
  wanted: Wanted,
  include: string,
): JsonObject {
  if (wanted.as === "Table") {
    const metadata = { resourceVersion: object.metadata["resourceVersion"] ?? "" };
    return table(served, [object], metadata, { include, definitions: true });
  }
  return wanted.as === "PartialObjectMetadata" ? partial(object) : object;
}

export const listHeader = ({ resource, version }: Served): { kind: string; apiVersion: string } => ({
  kind: resource.listKind,
  apiVersion: joinApiVersion(resource.group, version.name),
});
