import type {
  ExplainedAccess,
  ExplainedClients,
  ExplainedObject,
  ExplainedRule,
  Explanation,
  RankedPolicy,
} from "@heddle/core";
import { builder } from "./builder.ts";
import { complexity, explainedFieldType, unheardType } from "./explained-field-types.ts";
import { provenanceType } from "./plan-types.ts";

const rankedPolicyType = builder.objectRef<RankedPolicy>("RankedPolicy").implement({
  description: "A policy that bears on something, and where it stands among those of its kind.",
  fields: (t) => ({
    resource: t.exposeString("resource", { description: "`Kind/workspace/name`." }),
    rank: t.int({
      nullable: true,
      description: "Null where all of a kind count, or level and strictness decide.",
      resolve: ({ rank }) => rank ?? null,
    }),
    reason: t.exposeString("reason", {
      description: "Who says it, how it names target and clients, since when.",
    }),
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
    name: t.exposeString("name", {
      description: "The rule's own name, or one made of the policy's; `default` for what no rule takes.",
    }),
    from: t.field({
      description: "Where it is written.",
      type: provenanceType,
      nullable: true,
      resolve: ({ from }) => from ?? null,
    }),
    match: t.field({
      description: "Alternatives; null takes every request.",
      type: "JSON",
      nullable: true,
      resolve: ({ match }) => match ?? null,
    }),
    ports: t.intList({
      description: "Only requests to these ports.",
      nullable: true,
      resolve: ({ ports }) => (ports === undefined ? null : [...ports]),
    }),
    action: t.field({
      description: "What happens to its requests: `forward`, or a split, redirect or direct response.",
      type: "JSON",
      resolve: ({ action }) => action,
    }),
    fields: t.field({
      description: "What else holds for them.",
      complexity,
      type: [explainedFieldType],
      resolve: ({ fields }) => [...fields],
    }),
  }),
});

const explainedClientsType = builder.objectRef<ExplainedClients>("ExplainedClients").implement({
  description:
    "What holds for one class of clients in one mesh; each client belongs to the first class that it fits.",
  fields: (t) => ({
    mesh: t.exposeString("mesh", { description: "Name of the mesh in its cluster." }),
    clients: t.field({
      type: "JSON",
      description: "Conditions that must all hold; empty is every other client.",
      resolve: ({ clients }) => clients,
    }),
    rules: t.field({
      description: "In order; the first that matches decides.",
      complexity,
      type: [explainedRuleType],
      resolve: ({ rules }) => [...rules],
    }),
    connection: t.field({
      description: "Settings of connections, by field.",
      complexity,
      type: [explainedFieldType],
      resolve: ({ connection }) => [...connection],
    }),
  }),
});

const explainedAccessType = builder.objectRef<ExplainedAccess>("ExplainedAccess").implement({
  description: "An access rule; all of them count.",
  fields: (t) => ({
    resource: t.exposeString("resource", { description: "`Kind/workspace/name`." }),
    action: t.exposeString("action", { description: "`ALLOW`, `DENY` or `AUDIT`." }),
    level: t.exposeString("level", { description: "`destination`, `workload`, `namespace` or `mesh`." }),
    ports: t.intList({
      description: "Only these ports of the target.",
      nullable: true,
      resolve: ({ ports }) => (ports === undefined ? null : [...ports]),
    }),
    from: t.field({
      description: "Clients, as alternatives; null is everybody.",
      type: "JSON",
      nullable: true,
      resolve: ({ from }) => from ?? null,
    }),
    to: t.field({
      description: "Operations, as alternatives; null is every one.",
      type: "JSON",
      nullable: true,
      resolve: ({ to }) => to ?? null,
    }),
    dryRun: t.exposeBoolean("dryRun", { description: "Logged, never enforced." }),
  }),
});

export const explanationType = builder.objectRef<Explanation>("Explanation").implement({
  description: "Why a destination or workload of one cluster is treated as it is.",
  fields: (t) => ({
    cluster: t.exposeString("cluster", { description: "Name of the cluster." }),
    kind: t.exposeString("kind", { description: "`destination`, `workload`, …" }),
    name: t.exposeString("name", { description: "`namespace/name`." }),
    meshes: t.stringList({
      description: "Meshes it takes part in.",
      complexity,
      resolve: ({ meshes }) => [...meshes],
    }),
    chain: t.field({
      complexity,
      type: [rankedPolicyType],
      description: "All policies that bear on it, by kind, in rank order.",
      resolve: ({ chain }) => [...chain],
    }),
    clients: t.field({
      description: "By class of clients, most special first.",
      complexity,
      type: [explainedClientsType],
      resolve: ({ clients }) => [...clients],
    }),
    access: t.field({
      description: "Access rules; all of them count.",
      complexity,
      type: [explainedAccessType],
      resolve: ({ access }) => [...access],
    }),
    defaultAccess: t.field({
      type: explainedFieldType,
      description: "What happens to calls that no access rule is about.",
      resolve: ({ defaultAccess }) => defaultAccess,
    }),
    authentication: t.field({
      description: "mTLS modes and required tokens.",
      complexity,
      type: [explainedFieldType],
      resolve: ({ authentication }) => [...authentication],
    }),
    unheard: t.field({
      description: "What was said and does not hold.",
      complexity,
      type: [unheardType],
      resolve: ({ unheard }) => [...unheard],
    }),
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
    cluster: t.exposeString("cluster", { description: "Name of the cluster." }),
    object: t.exposeString("object", { description: "`apiVersion|kind|namespace|name`." }),
    value: t.field({ description: "The object itself.", type: "JSON", resolve: ({ value }) => value }),
    fields: t.field({
      description: "Its fields, in the order of their paths.",
      complexity,
      type: [explainedFieldType],
      resolve: ({ fields }) => [...fields],
    }),
  }),
});
