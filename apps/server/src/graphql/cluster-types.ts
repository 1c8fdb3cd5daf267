import type { ClusterFact, MeshFact, ObjectProblem } from "@heddle/api";
import type { ClusterStatus } from "@heddle/store";
import { inSync } from "../status/cluster-board.ts";
import { builder } from "./builder.ts";
import type { ApiContext } from "./context.ts";

/** A cluster that is enrolled, or only described by a Cluster resource. */
export interface ClusterView {
  readonly name: string;
  readonly fact: ClusterFact | undefined;
  readonly status: ClusterStatus;
}

/** By name. */
export function clusterViews({ fleet, clusters }: ApiContext): ClusterView[] {
  const { world } = fleet.engine;
  const described = [...world.ofKind("Cluster")].map(({ metadata }) => metadata.name);
  return [...new Set([...world.clusters.keys(), ...described])]
    .sort()
    .map((name) => ({ name, fact: world.clusters.get(name)?.cluster, status: clusters.get(name) }));
}

/** Undefined when it is neither enrolled nor described. */
export function clusterView({ fleet, clusters }: ApiContext, name: string): ClusterView | undefined {
  const fact = fleet.engine.world.clusters.get(name)?.cluster;
  if (fact === undefined && !fleet.resources.has(`Cluster/default/${name}`)) return undefined;
  return { name, fact, status: clusters.get(name) };
}

const clusterStatusType = builder.objectRef<ClusterStatus>("ClusterStatus").implement({
  description: "Connection of the agent and what it has. Instants are RFC 3339.",
  fields: (t) => ({
    connected: t.boolean({
      description: "Whether a server holds the agent's stream.",
      resolve: ({ replica }) => replica !== null,
    }),
    lastSeenAt: t.exposeString("lastSeenAt", {
      nullable: true,
      description: "When the agent was last heard of; a few seconds old while it is connected.",
    }),
    desiredRevision: t.expose("desiredRevision", {
      type: "Revision",
      nullable: true,
      description: "Revision of the last change that concerns the cluster.",
    }),
    appliedRevision: t.expose("appliedRevision", {
      type: "Revision",
      nullable: true,
      description: "Revision that its agent has acknowledged.",
    }),
    inSync: t.boolean({ description: "Whether the agent has what is desired.", resolve: inSync }),
    agentVersion: t.exposeString("agentVersion", { nullable: true, description: "As the agent says it." }),
    kubernetesVersion: t.exposeString("kubernetesVersion", {
      nullable: true,
      description: "Of the cluster's API server.",
    }),
    certificateNotAfter: t.exposeString("certificateNotAfter", {
      nullable: true,
      description: "End of the agent's certificate, which it renews at half of its life.",
    }),
  }),
});

const meshType = builder.objectRef<MeshFact>("Mesh").implement({
  description: "A control plane of a mesh product in a cluster.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "Unique in the cluster." }),
    dialect: t.exposeString("dialect", { description: "The mesh product as a translation target." }),
    version: t.exposeString("version", { description: "As discovery read it." }),
    namespace: t.exposeString("namespace", { description: "Where its control plane runs." }),
    trustDomain: t.exposeString("trustDomain", { description: "Of the identities that it issues." }),
  }),
});

const problemType = builder.objectRef<ObjectProblem>("ObjectProblem").implement({
  description: "An object that is not in the API server as it should be.",
  fields: (t) => ({
    object: t.exposeString("object", { description: "`apiVersion|kind|namespace|name`." }),
    code: t.exposeString("code", { description: "Stable." }),
    message: t.exposeString("message", { description: "For people." }),
    owner: t.string({
      nullable: true,
      description: "Who holds the object or the field, where that is the problem.",
      resolve: ({ owner }) => owner ?? null,
    }),
  }),
});

export const clusterType = builder.objectRef<ClusterView>("Cluster").implement({
  description: "A registered Kubernetes cluster.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "As it was registered." }),
    uid: t.string({
      nullable: true,
      description: "Of its namespace kube-system; null until its agent enrols.",
      resolve: ({ fact }) => fact?.uid ?? null,
    }),
    labels: t.field({
      type: "JSON",
      description: "For selectors.",
      resolve: ({ fact }) => fact?.labels ?? {},
    }),
    region: t.string({
      nullable: true,
      description: "As its Cluster resource says.",
      resolve: ({ fact }) => fact?.region ?? null,
    }),
    zone: t.string({
      nullable: true,
      description: "As its Cluster resource says.",
      resolve: ({ fact }) => fact?.zone ?? null,
    }),
    network: t.string({
      nullable: true,
      description: "Clusters of one network reach each other's pods.",
      resolve: ({ fact }) => fact?.network ?? null,
    }),
    paused: t.boolean({
      description: "Whether changes wait.",
      resolve: ({ fact }) => fact?.paused ?? false,
    }),
    enrolled: t.boolean({
      description: "Whether its agent has enrolled.",
      resolve: ({ fact }) => fact !== undefined,
    }),
    status: t.field({
      type: clusterStatusType,
      description: "Connection and revisions.",
      resolve: ({ status }) => status,
    }),
    meshes: t.field({
      type: [meshType],
      description: "Found by discovery.",
      resolve: ({ name }, _, { fleet }) => [
        ...(fleet.engine.world.clusters.get(name)?.meshes.values() ?? []),
      ],
    }),
    objects: t.int({
      description: "Objects that Heddle keeps there.",
      async resolve({ name }, _, { fleet }) {
        await fleet.settled;
        return fleet.engine.output(name)?.objects.size ?? 0;
      },
    }),
    workloads: t.int({
      description: "Workloads that discovery found.",
      resolve: ({ name }, _, { fleet }) => fleet.engine.world.clusters.get(name)?.workloadCount ?? 0,
    }),
    destinations: t.int({
      description: "Destinations that discovery found.",
      resolve: ({ name }, _, { fleet }) => fleet.engine.world.clusters.get(name)?.destinations.size ?? 0,
    }),
    problems: t.field({
      type: [problemType],
      description: "Objects that are not there as they should be.",
      resolve: ({ name }, _, { reports }) => reports.failing(name).flatMap(({ problems }) => problems),
    }),
  }),
});
