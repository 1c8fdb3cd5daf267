import { HeddleProcesses } from "../../spine/heddle-processes.ts";
import { startCluster } from "../../testbed/cluster.ts";
import { waitUntil } from "../../testbed/wait-until.ts";
import { Mesh } from "../mesh.ts";
import { pods, services } from "../shop.ts";
import { together } from "../together.ts";
import { startSharedMesh } from "../two-clusters.ts";
import type { Layout } from "./testbed-layout.ts";

/** Clusters with a mesh and an application, and Heddle above them. */
export interface Testbed extends AsyncDisposable {
  readonly heddle: HeddleProcesses;
  /** Of each cluster; of two, its part of the one mesh. */
  readonly meshes: readonly Mesh[];
}

/** Returns when Heddle has found the application in every cluster. */
export async function startTestbed(layout: Layout): Promise<Testbed> {
  await using held = new AsyncDisposableStack();
  const [heddle, meshes] = await together([
    HeddleProcesses.start().then((started) => held.use(started)),
    startMeshes(layout, held),
  ]);
  await together(meshes.map(({ cluster }) => heddle.startAgent(cluster.name, cluster.kubeconfigPath)));
  await waitUntil("Heddle has found the application in every cluster", async () => {
    const found = (await heddle.ok(["get", "destinations", "--no-headers"])).stdout.split("\n");
    return meshes.every(({ cluster }) =>
      found.some((line) => line.includes(cluster.name) && line.includes(" web ")),
    );
  });
  const kept = held.move();
  return { heddle, meshes, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function startMeshes(
  { clusters, networks }: Layout,
  held: AsyncDisposableStack,
): Promise<readonly Mesh[]> {
  const started = async (name: string) => held.use(await startCluster({ name }));
  if (clusters === 1) return [held.use(await Mesh.start(await started("testbed"), { pods, services }))];
  const both = await together([started("east"), started("west")]);
  return held.use(await startSharedMesh(both, { separate: networks === 2 })).parts;
}
