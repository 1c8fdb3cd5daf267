import { planEdits } from "../plan/plan-edits.ts";
import { builder } from "./builder.ts";
import { onlyIn, planType } from "./plan-types.ts";
import { keyOf, resourceRefInput } from "./resource-types.ts";

export function addPlanFields(): void {
  builder.queryFields((t) => ({
    plan: t.field({
      type: planType,
      description: "What applying these manifests and deleting these resources would do. Nothing is written.",
      args: {
        manifests: t.arg({ type: ["JSON"], defaultValue: [], description: "To be applied." }),
        deletes: t.arg({ type: [resourceRefInput], defaultValue: [], description: "To be deleted." }),
        clusters: t.arg.stringList({ description: "Tell only of these." }),
      },
      async resolve(_, { manifests, deletes, clusters }, context) {
        const planned = await planEdits(context, {
          manifests: manifests ?? [],
          deletes: (deletes ?? []).map(keyOf),
        });
        return onlyIn(planned, clusters);
      },
    }),
  }));
}
