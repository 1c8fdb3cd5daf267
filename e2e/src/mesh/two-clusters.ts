import { join } from "node:path";
import type { TestCluster } from "../testbed/cluster.ts";
import { waitUntil } from "../testbed/wait-until.ts";
import { eastWestGateway, eastWestPod, eastWestService } from "./istio/east-west.ts";
import { readerObjects, remoteSecret } from "./istio/remote-secret.ts";
import { sharedAuthority } from "./istio/shared-authority.ts";
import { Mesh, type Workloads } from "./mesh.ts";
import { openNetworks } from "./network/networks.ts";
import { shareFiles } from "./pod/sidecar.ts";
import { smallShop } from "./small-shop.ts";
import { together } from "./together.ts";

/** Of workloads' identities: `spiffe://testbed.example/ns/…`. */
export const sharedTrustDomain = "testbed.example";

/** One Istio mesh over clusters, multi-primary: each has an istiod, and each istiod knows the endpoints of all. */
export interface SharedMesh extends AsyncDisposable {
  /** Each cluster's part, in the order of the clusters. */
  readonly parts: readonly Mesh[];
}

/**
 * Brings Istio and the small shop up in the clusters; returns when a client in each has answers from all. With `separate`, each cluster is
 * on a network of its own, with an east-west gateway.
 */
export async function startSharedMesh(
  clusters: readonly TestCluster[],
  { separate }: { readonly separate: boolean },
): Promise<SharedMesh> {
  await using held = new AsyncDisposableStack();
  const names = clusters.map(({ name }) => name);
  const networks = await openNetworks(names, { separate });
  held.defer(() => networks.close());
  const [files, authorities] = await Promise.all([
    shareFiles(networks.folder),
    sharedAuthority(join(networks.folder, "authority"), names),
  ]);
  const parts = await together(
    clusters.map(async (cluster, index) => {
      const [network, authority] = [networks.of[index], authorities[index]];
      if (!network || !authority) throw new Error(`no network or CA for ${cluster.name}`);
      const networkName = separate ? `network-${cluster.name}` : undefined;
      const part = { meshId: "testbed", trustDomain: sharedTrustDomain, authority, networkName };
      const what = workloads(cluster.name, networkName);
      return held.use(await Mesh.start(cluster, what, { network, files, part }));
    }),
  );
  if (separate) for (const cluster of clusters) await apply(cluster, [eastWestGateway]);
  await exchangeSecrets(clusters);
  await together(parts.map((part) => answersFromAll(part, names)));
  const kept = held.move();
  return { parts, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function workloads(cluster: string, network: string | undefined): Workloads {
  const shop = smallShop(cluster, network);
  if (network === undefined) return shop;
  return {
    pods: [...shop.pods, eastWestPod(network)],
    services: [...shop.services, eastWestService(network)],
  };
}

/** Gives each istiod access to every other cluster. */
async function exchangeSecrets(clusters: readonly TestCluster[]): Promise<void> {
  for (const cluster of clusters) await apply(cluster, readerObjects);
  const secrets = await Promise.all(clusters.map(remoteSecret));
  for (const [index, cluster] of clusters.entries())
    await apply(
      cluster,
      secrets.filter((_, of) => of !== index),
    );
}

async function answersFromAll(part: Mesh, clusters: readonly string[]): Promise<void> {
  await waitUntil(
    `${part.cluster.name} has answers from ${clusters.join(" and ")}`,
    async () => {
      const answers = await part.request("front", { url: "http://web.shop:8080/", count: 20, parallel: 5 });
      const seen = answers.map(({ headers }) => headers["x-cluster"]);
      return clusters.every((cluster) => seen.includes(cluster));
    },
    { timeoutMs: 60_000 },
  );
}

async function apply(cluster: TestCluster, items: readonly object[]): Promise<void> {
  await cluster.kubectlOk(
    ["apply", "--server-side", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  );
}
