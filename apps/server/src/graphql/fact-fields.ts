import { type Fact, factKey } from "@heddle/api";
import { demand } from "../auth/permissions.ts";
import { builder, pageType } from "./builder.ts";

interface FactView {
  readonly cluster: string;
  readonly fact: Fact;
}

const factType = builder.objectRef<FactView>("Fact").implement({
  description:
    "What discovery found: a Mesh, Workload, Destination, GatewayEndpoint or Namespace of a cluster.",
  fields: (t) => ({
    cluster: t.exposeString("cluster", { description: "Where it was found." }),
    key: t.string({
      description: "Kind, namespace and name; unique in the cluster.",
      resolve: ({ fact }) => factKey(fact),
    }),
    value: t.field({ type: "JSON", description: "All of it.", resolve: ({ fact }) => fact }),
  }),
});
const factPageType = pageType<FactView>("FactPage", factType);
const factKindType = builder.enumType("FactKind", {
  description: "Kinds that discovery finds.",
  values: ["Mesh", "Workload", "Destination", "GatewayEndpoint", "Namespace"] as const,
});

/** What discovery found. */
export function addFactFields(): void {
  builder.queryFields((t) => ({
    facts: t.field({
      type: factPageType,
      description: "In the order of namespace, name and cluster.",
      args: {
        kind: t.arg({ type: factKindType, required: true, description: "Of this kind." }),
        cluster: t.arg.string({ description: "Only in this cluster." }),
        namespace: t.arg.string({ description: "Only in this namespace." }),
        name: t.arg.string({ description: "Only of this name." }),
        after: t.arg.string({ description: "`next` of the page before." }),
        limit: t.arg.int({ defaultValue: 100, description: "1,000 at most." }),
      },
      resolve(_, { kind, cluster, namespace, name, after, limit }, { actor, fleet, store }) {
        demand(actor, { verb: "list", kind }, fleet.resources);
        return store.inventory.list({
          kind,
          ...(cluster != null && { cluster }),
          ...(namespace != null && { namespace }),
          ...(name != null && { name }),
          cursor: after ?? undefined,
          limit: limit ?? undefined,
        });
      },
    }),
  }));
}
