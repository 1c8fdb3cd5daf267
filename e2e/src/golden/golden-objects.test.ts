import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  gatewayApiCrds,
  installCrds,
  istioCrds,
  linkerdCrds,
  startCluster,
  type TestCluster,
  testbedAvailability,
} from "../testbed/index.ts";

const { available } = await testbedAvailability();
const root = fileURLToPath(new URL("../../../packages/dialects/golden/", import.meta.url));

interface GoldenObject {
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string };
}

/** Objects of a golden case, of all its clusters. */
async function objectsOf(name: string): Promise<GoldenObject[]> {
  const clusters = parse(await readFile(`${root}${name}/expected.yaml`, "utf8")) as Record<
    string,
    { objects: GoldenObject[] }
  >;
  return Object.values(clusters).flatMap(({ objects }) => objects);
}

/** What translation writes, judged by a real API server with the meshes' CRDs: schemas, patterns and CEL rules. */
describe.skipIf(!available)("objects of the golden cases", () => {
  const cases = new Map<string, readonly GoldenObject[]>();
  let cluster: TestCluster;

  beforeAll(async () => {
    for (const entry of await readdir(root, { withFileTypes: true }))
      if (entry.isDirectory()) cases.set(entry.name, await objectsOf(entry.name));
    cluster = await startCluster({ name: "golden" });
    const crds = await Promise.all([istioCrds(), gatewayApiCrds("standard"), linkerdCrds()]);
    await installCrds(cluster, crds.flat());
    const namespaces = new Set([...cases.values()].flat().map(({ metadata }) => metadata.namespace));
    await cluster.kubectlOk(["apply", "-f", "-"], listOf([...namespaces].map(namespaceNamed)));
  });
  afterAll(() => cluster?.close());

  /** Server-side apply without effect; the text of what is refused. */
  async function refusals(objects: readonly object[]): Promise<string> {
    const args = ["apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-"];
    const { code, stderr } = await cluster.kubectl(args, listOf(objects));
    return code === 0 ? "" : stderr;
  }

  it("are taken as they are", async () => {
    const all = [...cases.values()].flat();
    expect(all.length).toBeGreaterThan(150);
    if ((await refusals(all)) === "") return;
    const refused: Record<string, string> = {};
    for (const [name, objects] of cases) {
      const text = await refusals(objects);
      if (text !== "") refused[name] = text;
    }
    expect(refused).toEqual({});
  }, 300_000);

  it("would be refused if a field were not the mesh's", async () => {
    const [object] = cases.get("connection-and-subsets") ?? [];
    expect(await refusals([{ ...object, spec: { host: "a.example", trafficPolice: {} } }])).toMatch(
      /trafficPolice/,
    );
  });
});

function namespaceNamed(name: string): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

function listOf(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}
