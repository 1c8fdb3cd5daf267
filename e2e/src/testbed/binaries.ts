import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Artifact, ensureArtifact, isCached } from "./artifact-cache.ts";
import { GoMissingError, go } from "./go-command.ts";
import { versions } from "./versions.ts";

/** Folder `e2e/testbed`, seen from the sources and from `dist` alike. */
export const testbedFolder = fileURLToPath(new URL("../../testbed/", import.meta.url));

/** A command of a Go module, built once per version. */
export interface GoBinary {
  readonly binary: string;
  readonly version: string;
  /** Folder of `e2e/testbed/go` whose go.mod pins it. */
  readonly module: string;
  readonly package: string;
  readonly ldflags: string;
  readonly tags?: string;
  /** How long building takes on two cores from nothing, as words. */
  readonly duration: string;
}

const kubernetesLdflags = `-s -w -X k8s.io/component-base/version.gitVersion=v${versions.kubernetes}`;

const goBinaries = [
  {
    binary: "etcd",
    version: versions.etcd,
    module: "etcd",
    package: "go.etcd.io/etcd/server/v3",
    ldflags: "-s -w",
    duration: "half a minute",
  },
  {
    binary: "kube-apiserver",
    version: versions.kubernetes,
    module: "k8s",
    package: "k8s.io/kubernetes/cmd/kube-apiserver",
    ldflags: kubernetesLdflags,
    duration: "6 minutes",
  },
  {
    binary: "kubectl",
    version: versions.kubernetes,
    module: "k8s",
    package: "k8s.io/kubernetes/cmd/kubectl",
    ldflags: kubernetesLdflags,
    duration: "1 minute",
  },
  {
    binary: "helm",
    version: versions.helm,
    module: "helm",
    package: "helm.sh/helm/v3/cmd/helm",
    ldflags: `-s -w -X helm.sh/helm/v3/internal/version.version=v${versions.helm}`,
    duration: "2 minutes",
  },
] as const satisfies readonly GoBinary[];

export type BinaryName = (typeof goBinaries)[number]["binary"];

export function goBinaryArtifact(entry: GoBinary): Artifact {
  const title = `${entry.binary} ${entry.version}`;
  return {
    name: `${entry.binary}-${entry.version}`,
    make: async (folder) => {
      await go(
        [
          "build",
          "-mod=readonly",
          "-buildvcs=false",
          ...(entry.tags ? ["-tags", entry.tags] : []),
          "-ldflags",
          entry.ldflags,
          "-o",
          join(folder, entry.binary),
          entry.package,
        ],
        {
          cwd: join(testbedFolder, "go", entry.module),
          progress: `building ${title} (first run only, about ${entry.duration})`,
        },
      );
    },
  };
}

/** Paths of all binaries; those that the cache lacks are built, one after the other. */
export async function ensureBinaries(): Promise<Record<BinaryName, string>> {
  const paths = { etcd: "", "kube-apiserver": "", kubectl: "", helm: "" };
  for (const entry of goBinaries)
    paths[entry.binary] = join(await ensureArtifact(goBinaryArtifact(entry)), entry.binary);
  return paths;
}

/** Whether tests on real components can run here; they can when everything is in the cache or Go can build it. */
export async function testbedAvailability(): Promise<{ available: boolean; reason: string }> {
  const cached = await Promise.all(goBinaries.map((entry) => isCached(goBinaryArtifact(entry))));
  if (cached.every(Boolean)) return { available: true, reason: "all binaries are in the cache" };
  try {
    return { available: true, reason: (await go(["version"])).trim() };
  } catch (error) {
    if (error instanceof GoMissingError) return { available: false, reason: error.message };
    throw error;
  }
}
