import type { ResourceEffect, ResourceEffects } from "@heddle/core";
import { builder } from "./builder.ts";
import { complexity, unheardType } from "./explained-field-types.ts";
import { provenanceType } from "./plan-types.ts";

type WonField = ResourceEffect["won"][number];

const wonFieldType = builder.objectRef<WonField>("WonField").implement({
  description: "A field that holds as the resource says.",
  fields: (t) => ({
    field: t.exposeString("field", { description: "E.g. `timeout.request`." }),
    value: t.field({
      description: "What holds.",
      type: "JSON",
      nullable: true,
      resolve: ({ value }) => value ?? null,
    }),
    path: t.exposeString("path", { description: "Where in the resource." }),
  }),
});

type LostEffect = ResourceEffect["lost"][number];

const lostEffectType = builder.objectRef<LostEffect>("LostEffect").implement({
  description: "A field that the resource says and another holds.",
  fields: (t) => ({
    field: t.exposeString("field", { description: "E.g. `timeout.request`." }),
    value: t.field({
      description: "What the resource says.",
      type: "JSON",
      nullable: true,
      resolve: ({ value }) => value ?? null,
    }),
    path: t.exposeString("path", { description: "Where in the resource." }),
    outcome: t.exposeString("outcome", { description: "`overridden` or `conflicted`." }),
    why: t.exposeString("why", { description: "One line of reason." }),
    to: t.field({
      description: "Who holds the field.",
      complexity,
      type: [provenanceType],
      resolve: ({ to }) => [...to],
    }),
  }),
});

const resourceEffectType = builder.objectRef<ResourceEffect>("ResourceEffect").implement({
  description: "What a resource comes to at one of the things it bears on.",
  fields: (t) => ({
    cluster: t.exposeString("cluster", { description: "Name of the cluster." }),
    kind: t.exposeString("kind", {
      description: "`destination`, `workload`, `namespace`, `mesh` or `external`.",
    }),
    name: t.exposeString("name", { description: "`namespace/name`, or the name alone." }),
    rank: t.int({
      nullable: true,
      description: "Null where all of a kind count, or level and strictness decide.",
      resolve: ({ rank }) => rank ?? null,
    }),
    of: t.exposeInt("of", { description: "How many of its kind bear on the same." }),
    reason: t.exposeString("reason", {
      description: "Who says it, how it names target and clients, since when.",
    }),
    won: t.field({
      description: "Fields that hold as it says.",
      complexity,
      type: [wonFieldType],
      resolve: ({ won }) => [...won],
    }),
    lost: t.field({
      description: "Fields that another holds.",
      complexity,
      type: [lostEffectType],
      resolve: ({ lost }) => [...lost],
    }),
    unheard: t.field({
      description: "What of it does not hold at all.",
      complexity,
      type: [unheardType],
      resolve: ({ unheard }) => [...unheard],
    }),
    objects: t.stringList({
      description: "Objects that it shapes there.",
      complexity,
      resolve: ({ objects }) => [...objects],
    }),
  }),
});

export const resourceEffectsType = builder.objectRef<ResourceEffects>("ResourceEffects").implement({
  description: "What a resource comes to at everything it bears on.",
  fields: (t) => ({
    effects: t.field({
      description: "In the order of clusters and names.",
      complexity,
      type: [resourceEffectType],
      resolve: ({ effects }) => [...effects],
    }),
    left: t.exposeInt("left", { description: "How many more there are than were asked for." }),
  }),
});
