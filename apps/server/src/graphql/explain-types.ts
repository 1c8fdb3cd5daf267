import type {
  ExplainedAccess,
  ExplainedClients,
  ExplainedField,
  ExplainedObject,
  ExplainedRule,
  Explanation,
  LostField,
  RankedPolicy,
  ResourceEffect,
  ResourceEffects,
  Unheard,
} from "@heddle/core";
import { builder } from "./builder.ts";
import { provenanceType } from "./plan-types.ts";

/** Lists in an explanation cost what they hold: all of it is computed as one, whatever of it is asked for. */
const complexity = { multiplier: 1 };

const lostFieldType = builder.objectRef<LostField>("LostField").implement({
  description: "Somebody who says something of a field and is not heard.",
  fields: (t) => ({
    resource: t.exposeString("resource"),
    path: t.exposeString("path"),
    value: t.field({ type: "JSON", resolve: ({ value }) => value }),
    outcome: t.exposeString("outcome", {
      description: "`overridden` by rank or level; `conflicted` when only age or strictness decides.",
    }),
    why: t.exposeString("why"),
  }),
});

const explainedFieldType = builder.objectRef<ExplainedField>("ExplainedField").implement({
  description: "A field's value, who said it, and who did not get heard.",
  fields: (t) => ({
    field: t.exposeString("field"),
    value: t.field({ type: "JSON", nullable: true, resolve: ({ value }) => value ?? null }),
    from: t.field({ complexity, type: [provenanceType], resolve: ({ from }) => [...from] }),
    lost: t.field({ complexity, type: [lostFieldType], resolve: ({ lost }) => [...lost] }),
  }),
});

const rankedPolicyType = builder.objectRef<RankedPolicy>("RankedPolicy").implement({
  description: "A policy that bears on something, and where it stands among those of its kind.",
  fields: (t) => ({
    resource: t.exposeString("resource"),
    rank: t.int({
      nullable: true,
      description: "Null where all of a kind count, or level and strictness decide.",
      resolve: ({ rank }) => rank ?? null,
    }),
    reason: t.exposeString("reason"),
    before: t.string({
      nullable: true,
      description: "Why it stands before the next one of its kind.",
      resolve: ({ before }) => before ?? null,
    }),
  }),
});

const explainedRuleType = builder.objectRef<ExplainedRule>("ExplainedRule").implement({
  description: "One rule as a class of clients gets it.",
  fields: (t) => ({
    name: t.exposeString("name"),
    from: t.field({ type: provenanceType, nullable: true, resolve: ({ from }) => from ?? null }),
    match: t.field({ type: "JSON", nullable: true, resolve: ({ match }) => match ?? null }),
    ports: t.intList({ nullable: true, resolve: ({ ports }) => (ports === undefined ? null : [...ports]) }),
    action: t.field({ type: "JSON", resolve: ({ action }) => action }),
    fields: t.field({ complexity, type: [explainedFieldType], resolve: ({ fields }) => [...fields] }),
  }),
});

const explainedClientsType = builder.objectRef<ExplainedClients>("ExplainedClients").implement({
  description:
    "What holds for one class of clients in one mesh; each client belongs to the first class that it fits.",
  fields: (t) => ({
    mesh: t.exposeString("mesh"),
    clients: t.field({
      type: "JSON",
      description: "Conditions that must all hold; empty is every other client.",
      resolve: ({ clients }) => clients,
    }),
    rules: t.field({ complexity, type: [explainedRuleType], resolve: ({ rules }) => [...rules] }),
    connection: t.field({
      complexity,
      type: [explainedFieldType],
      resolve: ({ connection }) => [...connection],
    }),
  }),
});

const explainedAccessType = builder.objectRef<ExplainedAccess>("ExplainedAccess").implement({
  description: "An access rule; all of them count.",
  fields: (t) => ({
    resource: t.exposeString("resource"),
    action: t.exposeString("action"),
    level: t.exposeString("level", { description: "`destination`, `workload`, `namespace` or `mesh`." }),
    ports: t.intList({ nullable: true, resolve: ({ ports }) => (ports === undefined ? null : [...ports]) }),
    from: t.field({ type: "JSON", nullable: true, resolve: ({ from }) => from ?? null }),
    to: t.field({ type: "JSON", nullable: true, resolve: ({ to }) => to ?? null }),
    dryRun: t.exposeBoolean("dryRun"),
  }),
});

const unheardType = builder.objectRef<Unheard>("Unheard").implement({
  description: "Something that was said and does not hold.",
  fields: (t) => ({
    resource: t.exposeString("resource"),
    path: t.exposeString("path"),
    outcome: t.exposeString("outcome", { description: "`shadowed`, `keptOut` or `refused`." }),
    why: t.exposeString("why"),
  }),
});

export const explanationType = builder.objectRef<Explanation>("Explanation").implement({
  description: "Why a destination or workload of one cluster is treated as it is.",
  fields: (t) => ({
    cluster: t.exposeString("cluster"),
    kind: t.exposeString("kind"),
    name: t.exposeString("name"),
    meshes: t.stringList({ complexity, resolve: ({ meshes }) => [...meshes] }),
    chain: t.field({
      complexity,
      type: [rankedPolicyType],
      description: "All policies that bear on it, by kind, in rank order.",
      resolve: ({ chain }) => [...chain],
    }),
    clients: t.field({ complexity, type: [explainedClientsType], resolve: ({ clients }) => [...clients] }),
    access: t.field({ complexity, type: [explainedAccessType], resolve: ({ access }) => [...access] }),
    defaultAccess: t.field({
      type: explainedFieldType,
      description: "What happens to calls that no access rule is about.",
      resolve: ({ defaultAccess }) => defaultAccess,
    }),
    authentication: t.field({
      complexity,
      type: [explainedFieldType],
      resolve: ({ authentication }) => [...authentication],
    }),
    unheard: t.field({ complexity, type: [unheardType], resolve: ({ unheard }) => [...unheard] }),
    objects: t.stringList({
      complexity,
      description: "Objects that it contributes to, `apiVersion|kind|namespace|name`.",
      resolve: ({ objects }) => [...objects],
    }),
  }),
});

export const explainedObjectType = builder.objectRef<ExplainedObject>("ExplainedObject").implement({
  description: "One object of a cluster and where each of its fields comes from.",
  fields: (t) => ({
    cluster: t.exposeString("cluster"),
    object: t.exposeString("object"),
    value: t.field({ type: "JSON", resolve: ({ value }) => value }),
    fields: t.field({ complexity, type: [explainedFieldType], resolve: ({ fields }) => [...fields] }),
  }),
});

type WonField = ResourceEffect["won"][number];
const wonFieldType = builder.objectRef<WonField>("WonField").implement({
  description: "A field that holds as the resource says.",
  fields: (t) => ({
    field: t.exposeString("field"),
    value: t.field({ type: "JSON", nullable: true, resolve: ({ value }) => value ?? null }),
    path: t.exposeString("path"),
  }),
});

type LostEffect = ResourceEffect["lost"][number];
const lostEffectType = builder.objectRef<LostEffect>("LostEffect").implement({
  description: "A field that the resource says and another holds.",
  fields: (t) => ({
    field: t.exposeString("field"),
    value: t.field({ type: "JSON", nullable: true, resolve: ({ value }) => value ?? null }),
    path: t.exposeString("path"),
    outcome: t.exposeString("outcome"),
    why: t.exposeString("why"),
    to: t.field({ complexity, type: [provenanceType], resolve: ({ to }) => [...to] }),
  }),
});

const resourceEffectType = builder.objectRef<ResourceEffect>("ResourceEffect").implement({
  description: "What a resource comes to at one of the things it bears on.",
  fields: (t) => ({
    cluster: t.exposeString("cluster"),
    kind: t.exposeString("kind"),
    name: t.exposeString("name"),
    rank: t.int({
      nullable: true,
      description: "Null where all of a kind count, or level and strictness decide.",
      resolve: ({ rank }) => rank ?? null,
    }),
    of: t.exposeInt("of", { description: "How many of its kind bear on the same." }),
    reason: t.exposeString("reason"),
    won: t.field({ complexity, type: [wonFieldType], resolve: ({ won }) => [...won] }),
    lost: t.field({ complexity, type: [lostEffectType], resolve: ({ lost }) => [...lost] }),
    unheard: t.field({ complexity, type: [unheardType], resolve: ({ unheard }) => [...unheard] }),
    objects: t.stringList({ complexity, resolve: ({ objects }) => [...objects] }),
  }),
});

export const resourceEffectsType = builder.objectRef<ResourceEffects>("ResourceEffects").implement({
  description: "What a resource comes to at everything it bears on.",
  fields: (t) => ({
    effects: t.field({ complexity, type: [resourceEffectType], resolve: ({ effects }) => [...effects] }),
    left: t.exposeInt("left", { description: "How many more there are than were asked for." }),
  }),
});
