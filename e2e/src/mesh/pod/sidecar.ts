import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type SupervisedProcess, superviseProcess } from "../../testbed/supervised-process.ts";
import type { ControlPlane } from "../istio/control-plane.ts";
import { ensureMeshBinaries } from "../istio/mesh-binaries.ts";
import type { MeshPart } from "../mesh-part.ts";
import { must } from "../network/host-command.ts";
import { inPod } from "../network/in-pod.ts";
import type { Place } from "../network/network.ts";
import { labelsOf, type PodSpec } from "./pod-spec.ts";

/** Istio's user: its own connections are not captured. */
const proxyUser = 1337;

/** Envoy opens `/dev/stdout` by its name, which only the user may who made the pipe behind it. */
const piped = ["sh", "-c", '"$@" 2>&1 | cat', "sh"];

/** What a sidecar reads, where `proxyUser` can read it. */
export interface SidecarFiles {
  readonly agent: string;
  readonly envoy: string;
  readonly bootstrap: string;
}

/** Copies them to a folder that all may read: the cache belongs to the user who runs the tests. */
export async function shareFiles(folder: string): Promise<SidecarFiles> {
  const binaries = await ensureMeshBinaries();
  const share = async (path: string, name: string) => {
    const shared = join(folder, name);
    await copyFile(path, shared);
    return shared;
  };
  return {
    agent: await share(binaries.agent, "pilot-agent"),
    envoy: await share(binaries.envoy, "envoy"),
    bootstrap: await share(binaries.bootstrap, "envoy_bootstrap.json"),
  };
}

export interface SidecarOptions {
  readonly pod: PodSpec;
  readonly place: Place;
  /** For its working directory. */
  readonly folder: string;
  readonly files: SidecarFiles;
  readonly controlPlane: ControlPlane;
  /** Where the mesh is more than this cluster. */
  readonly part?: MeshPart | undefined;
  /** Of the pod's service account, for the audience `istio-ca`. */
  readonly token: string;
}

/** Sends the pod's traffic through a sidecar and starts it, as the injected init container and container do; or starts a gateway. */
export async function startSidecar(options: SidecarOptions): Promise<SupervisedProcess> {
  const { pod, place, folder, files, controlPlane, token } = options;
  if (!pod.gateway)
    await must("ip", [
      ...["netns", "exec", place.space, files.agent, "istio-iptables", "-p", "15001", "-z", "15006"],
      ...["-u", String(proxyUser), "-g", String(proxyUser), "-m", "REDIRECT", "-i", "*", "-x", "", "-b", "*"],
      ...["-d", "15090,15021,15020"],
    ]);
  const file = (path: string) => join(folder, path);
  for (const path of ["var/run/secrets/istio", "var/run/secrets/tokens", "etc/istio/proxy"])
    await mkdir(file(path), { recursive: true });
  const roots = await controlPlane.rootCertificates(pod.namespace);
  await writeFile(file("var/run/secrets/istio/root-cert.pem"), roots);
  await writeFile(file("var/run/secrets/tokens/istio-token"), token, { mode: 0o400 });
  await must("chown", ["-R", `${proxyUser}:${proxyUser}`, folder]);
  const user = ["--reuid", String(proxyUser), "--regid", String(proxyUser), "--clear-groups"];
  return superviseProcess(
    inPod(place.space, [
      ...["sh", "-c", withDataFolder, "sh"],
      ...["setpriv", ...user, ...piped, files.agent, "proxy", pod.gateway ? "router" : "sidecar"],
      ...["--domain", `${pod.namespace}.svc.cluster.local`, "--proxyLogLevel=warning", "--concurrency", "1"],
    ]),
    { cwd: folder, env: environment(options) },
  );
}

/**
 * pilot-agent keeps the modules of WebAssembly that it fetches in a folder of Istio's image. What is mounted is so for this process only:
 * `ip netns exec` gives each a mount namespace of its own.
 */
const withDataFolder = `
mount -t tmpfs tmpfs /var/lib && install -d -o ${proxyUser} -g ${proxyUser} /var/lib/istio/data && exec "$@"
`;

function environment({ pod, place, files, controlPlane, part }: SidecarOptions): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    ISTIO_BOOTSTRAP: files.bootstrap,
    POD_NAME: pod.name,
    POD_NAMESPACE: pod.namespace,
    INSTANCE_IP: place.address,
    SERVICE_ACCOUNT: pod.serviceAccount,
    JWT_POLICY: "third-party-jwt",
    PILOT_CERT_PROVIDER: "istiod",
    CA_ADDR: "istiod.istio-system.svc:15012",
    ISTIO_META_CLUSTER_ID: controlPlane.clusterId,
    ISTIO_META_WORKLOAD_NAME: pod.name,
    ...(!pod.gateway && { ISTIO_META_INTERCEPTION_MODE: "REDIRECT" }),
    ...(part && { ISTIO_META_MESH_ID: part.meshId, TRUST_DOMAIN: part.trustDomain }),
    ...(pod.network && { ISTIO_META_NETWORK: pod.network }),
    ...(pod.eastWest &&
      pod.network && {
        ISTIO_META_ROUTER_MODE: "sni-dnat",
        ISTIO_META_REQUESTED_NETWORK_VIEW: pod.network,
      }),
    ISTIO_META_DNS_CAPTURE: "false",
    ISTIO_METAJSON_LABELS: JSON.stringify(labelsOf(pod)),
    PROXY_CONFIG: JSON.stringify({
      discoveryAddress: "istiod.istio-system.svc:15012",
      binaryPath: files.envoy,
      configPath: "./etc/istio/proxy",
      // Connections of an old configuration are closed after this; Istio's 45 s would be the time of every test of access.
      drainDuration: "1s",
    }),
  };
}
