import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseManifests, toKubernetes } from "@heddle/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import {
  type CustomResourceDefinition,
  installCrds,
  startCluster,
  type TestCluster,
  testbedAvailability,
} from "../testbed/index.ts";

const { available } = await testbedAvailability();
const root = fileURLToPath(new URL("../../../", import.meta.url));

async function filesOf(folder: string): Promise<{ file: string; text: string }[]> {
  const names = (await readdir(`${root}${folder}`)).filter((name) => name.endsWith(".yaml")).sort();
  return Promise.all(
    names.map(async (file) => ({ file, text: await readFile(`${root}${folder}/${file}`, "utf8") })),
  );
}

/** For clusters that keep Heddle's resources in Kubernetes: the generated CRDs, judged by the real API server. */
describe.skipIf(!available)("Heddle's CRDs on a real API server", () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster({ name: "crds" });
  });
  afterAll(() => cluster?.close());

  it("are structural and get established", async () => {
    const crds = (await filesOf("deploy/crds")).flatMap(({ text }) =>
      parseAllDocuments(text).map((document) => document.toJS() as CustomResourceDefinition),
    );
    expect(crds.length).toBeGreaterThanOrEqual(22);
    await installCrds(cluster, crds);
    const installed = JSON.parse(await cluster.kubectlOk(["get", "crds", "-o", "json"])) as {
      items: {
        metadata: { name: string };
        status: { conditions: { type: string; status: string; message: string }[] };
      }[];
    };
    const wrong = installed.items.flatMap(({ metadata, status }) =>
      status.conditions
        .filter(({ type, status: holds }) => type === "NonStructuralSchema" && holds === "True")
        .map(({ message }) => `${metadata.name}: ${message}`),
    );
    expect(wrong).toEqual([]);
  });

  it("accept every example and refuse an unknown field", async () => {
    const { manifests, findings } = parseManifests(await filesOf("docs/examples"));
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    const objects = manifests.map(({ origin: _, ...manifest }) => toKubernetes(manifest));
    const namespaces = new Set(manifests.map(({ metadata }) => metadata.workspace));
    for (const namespace of namespaces)
      if (namespace !== "default") await cluster.kubectlOk(["create", "namespace", namespace]);
    await cluster.kubectlOk(
      ["apply", "--validate=strict", "-f", "-"],
      JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }),
    );
    const broken = {
      apiVersion: "heddle.io/v1alpha1",
      kind: "TrafficPolicy",
      metadata: { name: "broken", namespace: "default" },
      spec: { targets: [], rulez: [] },
    };
    const refused = await cluster.kubectl(["apply", "--validate=strict", "-f", "-"], JSON.stringify(broken));
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("rulez");
  });
});
