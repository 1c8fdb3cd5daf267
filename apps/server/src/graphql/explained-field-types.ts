import type { ExplainedField, LostField, Unheard } from "@heddle/core";
import { builder } from "./builder.ts";
import { provenanceType } from "./plan-types.ts";

/** Lists in an explanation cost what they hold: all of it is computed as one, whatever of it is asked for. */
export const complexity = { multiplier: 1 };

const lostFieldType = builder.objectRef<LostField>("LostField").implement({
  description: "Somebody who says something of a field and is not heard.",
  fields: (t) => ({
    resource: t.exposeString("resource", { description: "Who says it." }),
    path: t.exposeString("path", { description: "Where in the resource." }),
    value: t.field({ description: "What it says.", type: "JSON", resolve: ({ value }) => value }),
    outcome: t.exposeString("outcome", {
      description: "`overridden` by rank or level; `conflicted` when only age or strictness decides.",
    }),
    why: t.exposeString("why", { description: "One line of reason." }),
  }),
});

export const explainedFieldType = builder.objectRef<ExplainedField>("ExplainedField").implement({
  description: "A field's value, who said it, and who did not get heard.",
  fields: (t) => ({
    field: t.exposeString("field", {
      description: "E.g. `timeout.request`, `mtls.mode`, or a path in an object.",
    }),
    value: t.field({
      description: "What holds.",
      type: "JSON",
      nullable: true,
      resolve: ({ value }) => value ?? null,
    }),
    from: t.field({
      description: "Who says it.",
      complexity,
      type: [provenanceType],
      resolve: ({ from }) => [...from],
    }),
    lost: t.field({
      description: "Who says something of it and is not heard.",
      complexity,
      type: [lostFieldType],
      resolve: ({ lost }) => [...lost],
    }),
  }),
});

export const unheardType = builder.objectRef<Unheard>("Unheard").implement({
  description: "Something that was said and does not hold.",
  fields: (t) => ({
    resource: t.exposeString("resource", { description: "Who says it." }),
    path: t.exposeString("path", { description: "Where in the resource." }),
    outcome: t.exposeString("outcome", { description: "`shadowed`, `keptOut` or `refused`." }),
    why: t.exposeString("why", { description: "One line of reason." }),
  }),
});
