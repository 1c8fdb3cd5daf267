import { demand } from "../auth/permissions.ts";
import { type Registration, registerCluster } from "../clusters/register-cluster.ts";
import { removeCluster } from "../clusters/remove-cluster.ts";
import { builder } from "./builder.ts";
import { type ClusterView, clusterType, clusterView, clusterViews } from "./cluster-types.ts";
import { eventStream } from "./event-stream.ts";

const registrationType = builder.objectRef<Registration>("ClusterRegistration").implement({
  description: "What the agent of a cluster needs to enrol, told this once.",
  fields: (t) => ({
    token: t.exposeString("token", { description: "Good for one enrolment." }),
    expiresAt: t.exposeString("expiresAt", { description: "RFC 3339." }),
  }),
});

/** Clusters, how they stand, and their enrolment. */
export function addClusterFields(): void {
  builder.queryFields((t) => ({
    clusters: t.field({
      type: [clusterType],
      description: "By name.",
      resolve(_, __, context) {
        demand(context.actor, { verb: "list", kind: "Cluster" }, context.fleet.resources);
        return clusterViews(context);
      },
    }),
    cluster: t.field({
      type: clusterType,
      nullable: true,
      description: "Null when it is not there.",
      args: { name: t.arg.string({ required: true, description: "As it was registered." }) },
      resolve(_, { name }, context) {
        demand(context.actor, { verb: "get", kind: "Cluster", name }, context.fleet.resources);
        return clusterView(context, name) ?? null;
      },
    }),
  }));

  builder.mutationFields((t) => ({
    registerCluster: t.field({
      type: registrationType,
      description:
        "Describes a cluster and gives a one-time token for its agent. Again for a known cluster: another token.",
      args: {
        name: t.arg.string({ required: true, description: "A DNS label." }),
        spec: t.arg({
          type: "JSON",
          description: "Spec of its Cluster resource; kept as it is when left out.",
        }),
        ttlSeconds: t.arg.int({
          defaultValue: 3_600,
          description: "How long the token is good: a minute to a week.",
        }),
      },
      resolve(_, { name, spec, ttlSeconds }, context) {
        demand(context.actor, { verb: "enroll", kind: "Cluster", name }, context.fleet.resources);
        return registerCluster(context, { name, spec: spec ?? undefined, ttlSeconds: ttlSeconds ?? 3_600 });
      },
    }),
    removeCluster: t.field({
      type: "Boolean",
      description:
        "Forgets a cluster and revokes its agent's certificates. What Heddle wrote there stays. False when it was not known.",
      args: { name: t.arg.string({ required: true, description: "As it was registered." }) },
      resolve(_, { name }, context) {
        demand(context.actor, { verb: "enroll", kind: "Cluster", name }, context.fleet.resources);
        return removeCluster(context, name);
      },
    }),
  }));

  builder.subscriptionFields((t) => ({
    clusterEvents: t.field({
      type: clusterType,
      description: "A cluster's connection or revision changed.",
      args: { name: t.arg.string({ description: "Only of this cluster." }) },
      subscribe(_, { name }, context) {
        const { actor, clusters, fleet } = context;
        demand(actor, { verb: "watch", kind: "Cluster", name: name ?? undefined }, fleet.resources);
        return eventStream<ClusterView>((push) =>
          clusters.onUpdate((cluster) => {
            if (name != null && name !== cluster) return;
            const view = clusterView(context, cluster);
            if (view !== undefined) push(view);
          }),
        );
      },
      resolve: (view) => view,
    }),
  }));
}
