import type { Column, Kind } from "../define-kind.ts";
import { specSchema, toJsonSchema } from "../json-schema.ts";
import { resourceStatus } from "../status/conditions.ts";
import { type StructuralSchema, structuralSchema } from "./structural-schema.ts";

export const group = "heddle.io";
export const version = "v1alpha1";

const conditionColumns: readonly Column[] = ["Accepted", "Programmed"].map((type) => ({
  name: type,
  path: `.status.conditions[?(@.type=="${type}")].status`,
}));

/** The CustomResourceDefinition of a kind, for clusters that keep Heddle's resources. */
export function customResourceDefinition(kind: Kind): object {
  const singular = kind.kind.toLowerCase();
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.plural}.${group}`, labels: { "app.kubernetes.io/part-of": "heddle" } },
    spec: {
      group,
      scope: kind.workspaced ? "Namespaced" : "Cluster",
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular,
        ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
        categories: ["heddle"],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: [
            ...[...(kind.columns ?? []), ...conditionColumns].map(({ name, path, type = "string" }) => ({
              name,
              type,
              jsonPath: path,
            })),
            { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
          ],
          schema: {
            openAPIV3Schema: {
              description: kind.summary,
              type: "object",
              required: ["spec"],
              properties: {
                apiVersion: { type: "string" },
                kind: { type: "string" },
                metadata: { type: "object" },
                spec: structuralSchema(specSchema(kind)),
                status: statusSchema(),
              },
            },
          },
        },
      ],
    },
  };
}

/** The status that all kinds have, open for what single kinds add to it. */
function statusSchema(): StructuralSchema {
  return {
    description: "What Heddle says about the resource.",
    ...structuralSchema(toJsonSchema(resourceStatus)),
    "x-kubernetes-preserve-unknown-fields": true,
  };
}
