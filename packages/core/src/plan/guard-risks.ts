import type { WorkloadFact } from "@heddle/api";
import { canonicalJson } from "../canonical-json.ts";
import type { Engine } from "../engine/engine.ts";
import type { EffectiveAccess } from "../policy/effective-access.ts";
import type { Provenance } from "../provenance.ts";
import { distinct } from "../translation/assembly.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import type { Guard } from "./guards.ts";
import type { Risk } from "./plan.ts";
import { type Client, type Reach, reachOf } from "./reach.ts";

/** What a destination's guard would newly keep out, of the clients that the inventory of its cluster knows. */
export function* guardRisks(
  engine: Engine,
  before: ReadonlyMap<string, Guard>,
  after: ReadonlyMap<string, Guard>,
): Iterable<Risk> {
  const lost = memoised();
  for (const [key, young] of after) {
    const old = before.get(key);
    const cluster = engine.world.clusters.get(young.cluster);
    // Without the destination nobody can have called it.
    if (old === undefined || cluster === undefined || !young.enforced) continue;
    yield* accessRisks(cluster, old, young, lost);
    yield* mtlsRisks(cluster, old, young);
    yield* tokenRisks(old, young);
  }
}

type Losses = Readonly<Record<"none" | "some", readonly string[]>>;

const order: Readonly<Record<Reach, number>> = { none: 0, some: 1, all: 2 };

function* accessRisks(
  cluster: ClusterWorld,
  old: Guard,
  young: Guard,
  lost: (cluster: ClusterWorld, before: EffectiveAccess, after: EffectiveAccess) => Losses,
): Iterable<Risk> {
  const because = differing(old.access, young.access);
  if (because.length === 0) return;
  const own = new Set(
    cluster
      .workloadsOf(young.destination)
      .map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`),
  );
  const { none, some } = lost(cluster, old.access, young.access);
  const others = (clients: readonly string[]) => clients.filter((client) => !own.has(client));
  yield* told(young, "CLIENTS_SHUT_OUT", "clients that are no longer allowed", others(none), because);
  yield* told(
    young,
    "CLIENTS_RESTRICTED",
    "clients that are allowed less than before, or only under conditions that the inventory does not tell",
    others(some),
    because,
  );
}

/** The rules, and the default, that only one of the two has. */
function differing(before: EffectiveAccess, after: EffectiveAccess): Provenance[] {
  const said = ({ rules, denied }: EffectiveAccess) =>
    new Map([
      ...rules.map((rule) => [canonicalJson(rule), { resource: rule.key, path: "spec" }] as const),
      ...(denied === undefined ? [] : [[canonicalJson(denied), denied.from] as const]),
    ]);
  const [old, young] = [said(before), said(after)];
  const only = [...young, ...old].filter(([text]) => !(old.has(text) && young.has(text)));
  return distinct(only.map(([, from]) => from));
}

function* told(
  { cluster, destination }: Guard,
  code: Risk["code"],
  reason: string,
  clients: readonly string[],
  because: readonly Provenance[],
): Iterable<Risk> {
  if (clients.length > 0)
    yield {
      cluster,
      code,
      destination: `${destination.namespace}/${destination.name}`,
      reason,
      clients,
      because,
    };
}

/** Clients of a cluster that reach less than before. The same for destinations with the same rules, so judged once for them. */
function memoised() {
  const judged = new Map<string, Losses>();
  const clients = new Map<string, readonly Client[]>();
  return (cluster: ClusterWorld, before: EffectiveAccess, after: EffectiveAccess): Losses => {
    const { name } = cluster.cluster;
    const key = `${name} ${canonicalJson([before, after])}`;
    const known = judged.get(key);
    if (known !== undefined) return known;
    const all = clients.get(name) ?? clientsOf(cluster);
    clients.set(name, all);
    const losses = { none: new Set<string>(), some: new Set<string>() };
    for (const client of all) {
      const [was, is] = [reachOf(before, client), reachOf(after, client)];
      if (is !== "all" && order[is] < order[was])
        losses[is].add(`${client.namespace}/${client.serviceAccount}`);
    }
    const found = { none: [...losses.none].sort(), some: [...losses.some].sort() };
    judged.set(key, found);
    return found;
  };
}

function clientsOf(cluster: ClusterWorld): readonly Client[] {
  const found = new Map<string, Client>();
  for (const namespace of cluster.members.keys())
    for (const { serviceAccount, mesh } of callersIn(cluster, namespace)) {
      const trustDomain = mesh === undefined ? undefined : cluster.meshes.get(mesh)?.trustDomain;
      found.set(`${namespace}/${serviceAccount} ${trustDomain ?? ""}`, {
        cluster: cluster.cluster.name,
        namespace,
        serviceAccount,
        trustDomain,
      });
    }
  return [...found.values()];
}

/** Workloads of a namespace that may call others; a mesh's own control plane, which has no proxy, calls none. */
function callersIn(cluster: ClusterWorld, namespace: string): WorkloadFact[] {
  const own = [...cluster.meshes.values()].some((mesh) => mesh.namespace === namespace);
  return [...cluster.workloadsByNamespace.get(namespace)].filter(({ mesh }) => mesh !== undefined || !own);
}

/** mTLS that becomes required keeps out whoever has no proxy. */
function* mtlsRisks(cluster: ClusterWorld, old: Guard, young: Guard): Iterable<Risk> {
  const [was, is] = [strictOf(old), strictOf(young)];
  const added = [...is].filter(([port]) => !was.has(port) && !was.has("every port"));
  if (added.length === 0) return;
  const ports = added.map(([port]) => port);
  const where = ports.includes("every port") ? "" : ` on port ${ports.join(", ")}`;
  yield* told(
    young,
    "CLIENTS_NOT_MESHED",
    `mTLS becomes STRICT${where}; workloads of the cluster without a proxy in all of their pods can no longer call`,
    unmeshed(cluster),
    added.map(([, from]) => from),
  );
}

function strictOf({ authentication }: Guard): Map<string, Provenance> {
  const strict = new Map<string, Provenance>();
  if (authentication?.mode?.value === "STRICT") strict.set("every port", authentication.mode.from);
  for (const [port, { value, from }] of authentication?.ports ?? [])
    if (value === "STRICT") strict.set(String(port), from);
  return strict;
}

/** Workloads without a proxy, or with pods that were started before they got one. */
function unmeshed(cluster: ClusterWorld): readonly string[] {
  const found: string[] = [];
  for (const namespace of [...cluster.members.keys()].sort())
    for (const { name, mesh, pods } of callersIn(cluster, namespace))
      if (mesh === undefined) found.push(`${namespace}/${name}`);
      else if (pods.meshed < pods.total)
        found.push(`${namespace}/${name} (${pods.total - pods.meshed} of ${pods.total} pods)`);
  return found.sort();
}

function* tokenRisks(old: Guard, young: Guard): Iterable<Risk> {
  const known = new Set(old.authentication?.jwt.map(({ value }) => value.issuer));
  const added = (young.authentication?.jwt ?? []).filter(({ value }) => !known.has(value.issuer));
  if (added.length === 0) return;
  const { cluster, destination } = young;
  yield {
    cluster,
    code: "TOKEN_REQUIRED",
    destination: `${destination.namespace}/${destination.name}`,
    reason: `requests without a token of ${[...new Set(added.map(({ value }) => value.issuer))].join(" and ")} are refused`,
    clients: [],
    because: added.map(({ from }) => from),
  };
}
