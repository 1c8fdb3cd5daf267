import { copyFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { type Artifact, ensureArtifact } from "./artifact-cache.ts";
import { testbedFolder } from "./binaries.ts";
import type { TestCluster } from "./cluster.ts";
import { go } from "./go-command.ts";
import { versions } from "./versions.ts";

export interface CustomResourceDefinition {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
  };
}

/** Istio's own CRDs, from its Go module. */
export async function istioCrds(): Promise<CustomResourceDefinition[]> {
  return readFolder(
    await ensureArtifact(
      moduleFiles("istio-crds", "istio.io/istio", versions.istio, "manifests/charts/base/files", (name) =>
        /^crd-all\.gen\.yaml$/.test(name),
      ),
    ),
  );
}

/** Gateway API's own CRDs, from its Go module. */
export async function gatewayApiCrds(
  channel: "standard" | "experimental",
): Promise<CustomResourceDefinition[]> {
  return readFolder(
    await ensureArtifact(
      moduleFiles(
        `gateway-api-crds-${channel}`,
        "sigs.k8s.io/gateway-api",
        versions.gatewayApi,
        `config/crd/${channel}`,
        (name) => name.endsWith(".yaml") && name !== "kustomization.yaml",
      ),
    ),
  );
}

/** Linkerd's CRDs, written from their fields: its own are not to be had from a package registry. */
export async function linkerdCrds(): Promise<CustomResourceDefinition[]> {
  return readFolder(join(testbedFolder, "crds", "linkerd"));
}

/** Applies the CRDs and waits until the API server has accepted and serves each. */
export async function installCrds(
  cluster: TestCluster,
  crds: readonly CustomResourceDefinition[],
): Promise<void> {
  await cluster.kubectlOk(
    ["apply", "--server-side", "--force-conflicts", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "List", items: crds }),
  );
  await cluster.kubectlOk([
    "wait",
    "--for=condition=Established",
    "--timeout=60s",
    ...crds.map((crd) => `crd/${crd.metadata.name}`),
  ]);
}

/** Some files of one folder of a Go module, copied so that later runs need neither Go nor its cache. */
export function moduleFiles(
  name: string,
  module: string,
  version: string,
  folder: string,
  wanted: (name: string) => boolean,
): Artifact {
  return {
    name: `${name}-${version}`,
    make: async (target) => {
      const answer = await go(["mod", "download", "-json", `${module}@${version}`], {
        cwd: target,
        progress: `fetching ${module} ${version} (first run only)`,
      });
      const { Dir } = JSON.parse(answer) as { Dir: string };
      for (const file of await readdir(join(Dir, folder)))
        if (wanted(file)) await copyFile(join(Dir, folder, file), join(target, file));
    },
  };
}

async function readFolder(folder: string): Promise<CustomResourceDefinition[]> {
  const crds: CustomResourceDefinition[] = [];
  for (const name of (await readdir(folder)).toSorted())
    for (const document of parseAllDocuments(await readFile(join(folder, name), "utf8"))) {
      const value: unknown = document.toJS();
      if (isCrd(value)) crds.push(value);
    }
  return crds;
}

function isCrd(value: unknown): value is CustomResourceDefinition {
  return (
    typeof value === "object" &&
    value !== null &&
    "kind" in value &&
    value.kind === "CustomResourceDefinition"
  );
}
