import { HeddleProcesses } from "../spine/heddle-processes.ts";
import { startCluster } from "../testbed/cluster.ts";
import { waitUntil } from "../testbed/wait-until.ts";
import { Mesh } from "./mesh.ts";
import { pods, services } from "./shop.ts";
import type { Layout } from "./testbed-layout.ts";
import { together } from "./together.ts";
import { startSharedMesh } from "./two-clusters.ts";

/** Clusters with a mesh and an application, and Heddle above them. */
export interface Testbed extends AsyncDisposable {
  readonly heddle: HeddleProcesses;
  /** Of each cluster; of several, its part of the one mesh. */
  readonly meshes: readonly Mesh[];
}

/** Returns when Heddle has found the application in every cluster. */
export async function startTestbed({ clusters: count, networks }: Layout): Promise<Testbed> {
  await using held = new AsyncDisposableStack();
  const names = count === 1 ? ["testbed"] : ["east", "west"];
  const [heddle, clusters] = await Promise.all([
    HeddleProcesses.start().then((started) => held.use(started)),
    together(names.map(async (name) => held.use(await startCluster({ name })))),
  ]);
  const [first] = clusters;
  let meshes: readonly Mesh[] = [];
  if (first !== undefined && count === 1) meshes = [held.use(await Mesh.start(first, { pods, services }))];
  else {
    const shared = await startSharedMesh(clusters, { separate: networks === 2 });
    held.defer(() => shared.close());
    meshes = shared.parts;
  }
  for (const { name, kubeconfigPath } of clusters) await heddle.startAgent(name, kubeconfigPath);
  await waitUntil("Heddle has found the application in every cluster", async () => {
    const found = (await heddle.ok(["get", "destinations", "--no-headers"])).stdout.split("\n");
    return names.every((name) => found.some((line) => line.includes(name) && line.includes(" web ")));
  });
  const ours = held.move();
  return { heddle, meshes, [Symbol.asyncDispose]: () => ours.disposeAsync() };
}
