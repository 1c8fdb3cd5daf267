import { type ClusterFact, type Fact, factKey, type MeshFact, type ObjectProblem } from "@heddle/api";
import { createToken, encodeToken, tokenHash } from "@heddle/relay";
import type { ClusterStatus } from "@heddle/store";
import { demand } from "../auth/permissions.ts";
import { clusterResourceKey } from "../fleet/cluster-facts.ts";
import { applyManifests } from "../resources/edit-resources.ts";
import { ServerError } from "../server-error.ts";
import { builder, pageType } from "./builder.ts";
import type { ApiContext } from "./context.ts";
import { eventStream } from "./event-stream.ts";

/** A cluster that is enrolled, or only described by a Cluster resource. */
interface ClusterView {
  readonly name: string;
  readonly fact: ClusterFact | undefined;
  readonly status: ClusterStatus;
}

const clusterStatusType = builder.objectRef<ClusterStatus>("ClusterStatus").implement({
  description: "Connection of the agent and what it has. Instants are RFC 3339.",
  fields: (t) => ({
    connected: t.boolean({ resolve: ({ replica }) => replica !== null }),
    lastSeenAt: t.exposeString("lastSeenAt", { nullable: true }),
    desiredRevision: t.exposeInt("desiredRevision", {
      nullable: true,
      description: "Revision of the last change that concerns the cluster.",
    }),
    appliedRevision: t.exposeInt("appliedRevision", {
      nullable: true,
      description: "Revision that its agent has acknowledged.",
    }),
    inSync: t.boolean({
      resolve: ({ desiredRevision, appliedRevision }) =>
        appliedRevision !== null && appliedRevision >= (desiredRevision ?? 0),
    }),
    agentVersion: t.exposeString("agentVersion", { nullable: true }),
    kubernetesVersion: t.exposeString("kubernetesVersion", { nullable: true }),
    certificateNotAfter: t.exposeString("certificateNotAfter", { nullable: true }),
  }),
});

const meshType = builder.objectRef<MeshFact>("Mesh").implement({
  description: "A control plane of a mesh product in a cluster.",
  fields: (t) => ({
    name: t.exposeString("name"),
    dialect: t.exposeString("dialect"),
    version: t.exposeString("version"),
    namespace: t.exposeString("namespace"),
    trustDomain: t.exposeString("trustDomain"),
  }),
});

const problemType = builder.objectRef<ObjectProblem>("ObjectProblem").implement({
  description: "An object that is not in the API server as it should be.",
  fields: (t) => ({
    object: t.exposeString("object", { description: "`apiVersion|kind|namespace|name`." }),
    code: t.exposeString("code"),
    message: t.exposeString("message"),
    owner: t.string({ nullable: true, resolve: ({ owner }) => owner ?? null }),
  }),
});

const clusterType = builder.objectRef<ClusterView>("Cluster").implement({
  description: "A registered Kubernetes cluster.",
  fields: (t) => ({
    name: t.exposeString("name"),
    uid: t.string({ nullable: true, resolve: ({ fact }) => fact?.uid ?? null }),
    labels: t.field({ type: "JSON", resolve: ({ fact }) => fact?.labels ?? {} }),
    region: t.string({ nullable: true, resolve: ({ fact }) => fact?.region ?? null }),
    zone: t.string({ nullable: true, resolve: ({ fact }) => fact?.zone ?? null }),
    network: t.string({ nullable: true, resolve: ({ fact }) => fact?.network ?? null }),
    paused: t.boolean({ resolve: ({ fact }) => fact?.paused ?? false }),
    enrolled: t.boolean({ resolve: ({ fact }) => fact !== undefined }),
    status: t.field({ type: clusterStatusType, resolve: ({ status }) => status }),
    meshes: t.field({
      type: [meshType],
      resolve: ({ name }, _, { fleet }) => [
        ...(fleet.engine.world.clusters.get(name)?.meshes.values() ?? []),
      ],
    }),
    objects: t.int({
      description: "Objects that Heddle keeps there.",
      resolve: ({ name }, _, { fleet }) => fleet.engine.output(name)?.objects.size ?? 0,
    }),
    workloads: t.int({
      resolve: ({ name }, _, { fleet }) =>
        count(fleet.engine.world.clusters.get(name)?.facts.keys(), "Workload/"),
    }),
    destinations: t.int({
      resolve: ({ name }, _, { fleet }) => fleet.engine.world.clusters.get(name)?.destinations.size ?? 0,
    }),
    problems: t.field({
      type: [problemType],
      resolve: ({ name }, _, { reports }) => reports.failing(name).flatMap(({ problems }) => problems),
    }),
  }),
});

function count(keys: Iterable<string> | undefined, prefix: string): number {
  let found = 0;
  for (const key of keys ?? []) if (key.startsWith(prefix)) found++;
  return found;
}

function clusterViews({ fleet, clusters }: ApiContext): ClusterView[] {
  const enrolled = fleet.engine.world.clusters;
  const described = [...fleet.resources.values()].flatMap(({ kind, metadata }) =>
    kind === "Cluster" ? [metadata.name] : [],
  );
  return [...new Set([...enrolled.keys(), ...described])]
    .sort()
    .map((name) => ({ name, fact: enrolled.get(name)?.cluster, status: clusters.get(name) }));
}

interface FactView {
  readonly cluster: string;
  readonly fact: Fact;
}

const factType = builder.objectRef<FactView>("Fact").implement({
  description:
    "What discovery found: a Mesh, Workload, Destination, GatewayEndpoint or Namespace of a cluster.",
  fields: (t) => ({
    cluster: t.exposeString("cluster"),
    key: t.string({ resolve: ({ fact }) => factKey(fact) }),
    value: t.field({ type: "JSON", resolve: ({ fact }) => fact }),
  }),
});
const factPageType = pageType<FactView>("FactPage", factType);
const factKindType = builder.enumType("FactKind", {
  values: ["Mesh", "Workload", "Destination", "GatewayEndpoint", "Namespace"] as const,
});

const registrationType = builder
  .objectRef<{ readonly token: string; readonly expiresAt: string }>("ClusterRegistration")
  .implement({
    description: "What the agent of a cluster needs to enrol, told this once.",
    fields: (t) => ({ token: t.exposeString("token"), expiresAt: t.exposeString("expiresAt") }),
  });

/** How long an enrolment token is good, in ms, unless the request says otherwise. */
const tokenTtlMs = 3_600_000;

/** Clusters, what discovery found in them, and their enrolment. */
export function addClusterFields(): void {
  builder.queryFields((t) => ({
    clusters: t.field({
      type: [clusterType],
      resolve(_, __, context) {
        demand(context.actor, { verb: "list", kind: "Cluster" }, context.fleet.resources);
        return clusterViews(context);
      },
    }),
    cluster: t.field({
      type: clusterType,
      nullable: true,
      args: { name: t.arg.string({ required: true }) },
      resolve(_, { name }, context) {
        demand(context.actor, { verb: "get", kind: "Cluster", name }, context.fleet.resources);
        return clusterViews(context).find((view) => view.name === name) ?? null;
      },
    }),
    facts: t.field({
      type: factPageType,
      description: "In the order of namespace, name and cluster.",
      args: {
        kind: t.arg({ type: factKindType, required: true }),
        cluster: t.arg.string(),
        namespace: t.arg.string(),
        name: t.arg.string(),
        after: t.arg.string(),
        limit: t.arg.int({ defaultValue: 100 }),
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

  builder.mutationFields((t) => ({
    registerCluster: t.field({
      type: registrationType,
      description:
        "Describes a cluster and gives a one-time token for its agent. Again for a known cluster: another token.",
      args: {
        name: t.arg.string({ required: true }),
        spec: t.arg({
          type: "JSON",
          description: "Spec of its Cluster resource; kept as it is when left out.",
        }),
        ttlSeconds: t.arg.int({ defaultValue: tokenTtlMs / 1000 }),
      },
      async resolve(_, { name, spec, ttlSeconds }, context) {
        demand(context.actor, { verb: "enroll", kind: "Cluster", name }, context.fleet.resources);
        if (spec != null || !context.fleet.resources.has(clusterResourceKey(name))) {
          const manifest = {
            apiVersion: "heddle.io/v1alpha1",
            kind: "Cluster",
            metadata: { name },
            spec: spec ?? {},
          };
          const { findings } = await applyManifests(context, [manifest], {
            dryRun: false,
            message: "cluster register",
          });
          const error = findings.find(({ severity }) => severity === "error");
          if (error) throw new ServerError("BAD_REQUEST", `${error.path}: ${error.reason}; ${error.remedy}`);
        }
        const token = createToken({ address: context.relayAddress, pin: context.authority.pin });
        const ttlMs = Math.min(Math.max(ttlSeconds ?? 0, 60), 7 * 86_400) * 1000;
        const { expiresAt } = await context.store.enrolment.createToken(name, tokenHash(token.secret), ttlMs);
        await context.store.audit.append({
          actor: context.actor.name,
          action: "cluster.register",
          target: name,
          detail: { expiresAt },
        });
        return { token: encodeToken(token), expiresAt };
      },
    }),
    removeCluster: t.field({
      type: "Boolean",
      description:
        "Forgets a cluster and revokes its agent's certificates. What Heddle wrote there stays. False when it was not known.",
      args: { name: t.arg.string({ required: true }) },
      async resolve(_, { name }, context) {
        const { actor, fleet, store, clusters, reports } = context;
        demand(actor, { verb: "enroll", kind: "Cluster", name }, fleet.resources);
        const uid = fleet.engine.world.clusters.get(name)?.cluster.uid;
        const enrolled = await store.clusters.remove(name);
        const { outcomes } = await store.resources.applyBatch(
          [{ op: "delete", kind: "Cluster", workspace: "default", name }],
          {
            author: actor.name,
            message: "cluster remove",
          },
        );
        if (uid !== undefined) context.endSessions(uid);
        clusters.forget(name);
        reports.forget(name);
        fleet.wake();
        await fleet.reached(await store.changes.revision());
        await store.audit.append({
          actor: actor.name,
          action: "cluster.remove",
          target: name,
          detail: { uid: uid ?? null },
        });
        return enrolled || outcomes.some(({ outcome }) => outcome === "deleted");
      },
    }),
  }));

  builder.subscriptionFields((t) => ({
    clusterEvents: t.field({
      type: clusterType,
      description: "A cluster's connection or revision changed.",
      args: { name: t.arg.string() },
      subscribe(_, { name }, context) {
        demand(context.actor, { verb: "watch", kind: "Cluster" }, context.fleet.resources);
        return eventStream<ClusterView>((push) =>
          context.clusters.onUpdate((cluster) => {
            if (name != null && name !== cluster) return;
            push({
              name: cluster,
              fact: context.fleet.engine.world.clusters.get(cluster)?.cluster,
              status: context.clusters.get(cluster),
            });
          }),
        );
      },
      resolve: (view) => view,
    }),
  }));
}
