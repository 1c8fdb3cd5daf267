import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestCluster } from "../../testbed/cluster.ts";
import { freePort } from "../../testbed/free-port.ts";
import { superviseProcess } from "../../testbed/supervised-process.ts";
import { waitUntil } from "../../testbed/wait-until.ts";
import type { MeshPart } from "../mesh-part.ts";
import type { Network } from "../network/network.ts";
import { meshConfig, rootNamespace } from "./control-plane-objects.ts";
import type { AuthorityFiles } from "./shared-authority.ts";
import { startValidation } from "./validation.ts";

export interface ControlPlane {
  /** Name of the cluster, as sidecars must call it. */
  readonly clusterId: string;
  /** Root certificates of the mesh, as istiod gives them to a namespace. */
  rootCertificates(namespace: string): Promise<string>;
  stop(): Promise<void>;
}

/** istiod for one cluster, listening on the bridge, with its validating webhook. Its objects must be there. Without a part it is its own CA. */
export async function startControlPlane(
  cluster: TestCluster,
  network: Network,
  binary: string,
  part?: MeshPart,
): Promise<ControlPlane> {
  const folder = join(network.folder, "istiod");
  await mkdir(folder);
  const file = (name: string) => join(folder, name);
  if (part) await mountAuthority(join(folder, "etc", "cacerts"), part.authority);
  await writeFile(file("mesh.yaml"), meshConfig(part?.trustDomain));
  await writeFile(file("networks.yaml"), "networks: {}\n");
  const [http, monitoring] = await Promise.all([freePort(), freePort()]);
  const process = superviseProcess(
    [
      binary,
      "discovery",
      `--kubeconfig=${cluster.kubeconfigPath}`,
      `--meshConfig=${file("mesh.yaml")}`,
      `--networksConfig=${file("networks.yaml")}`,
      `--httpAddr=127.0.0.1:${http}`,
      "--httpsAddr=",
      `--monitoringAddr=127.0.0.1:${monitoring}`,
      `--grpcAddr=${network.istiod}:15010`,
      `--secureGRPCAddr=${network.istiod}:15012`,
      "--ctrlz_port=0",
      `--clusterRegistriesNamespace=${rootNamespace}`,
    ],
    {
      cwd: folder,
      env: {
        ...globalThis.process.env,
        POD_NAMESPACE: rootNamespace,
        POD_NAME: "istiod",
        CLUSTER_ID: cluster.name,
        // Else it would put its own CA into the webhook.
        VALIDATION_WEBHOOK_CONFIG_NAME: "",
        PILOT_ENABLE_METADATA_EXCHANGE: "false",
        PILOT_ENABLE_ALPN_FILTER: "false",
        PILOT_ENABLE_TELEMETRY_LABEL: "false",
      },
    },
  );
  let validation: Awaited<ReturnType<typeof startValidation>> | undefined;
  const stop = async () => {
    await validation?.close();
    await process.stop();
  };
  try {
    await waitUntil(
      "istiod is ready",
      async () => !process.running || (await fetch(`http://127.0.0.1:${http}/ready`)).ok,
      { timeoutMs: 60_000 },
    );
    if (!process.running) throw new Error("it ended");
    validation = await startValidation(folder, http);
    await cluster.kubectlOk(["apply", "-f", "-"], JSON.stringify(validation.webhook));
  } catch (cause) {
    await stop();
    throw new Error(`istiod did not come up\n${process.log()}`, { cause });
  }
  return {
    clusterId: cluster.name,
    rootCertificates: (namespace) =>
      waitUntil(`istiod gives ${namespace} its root certificates`, async () => {
        const path = "jsonpath={.data.root-cert\\.pem}";
        const args = ["get", "configmap", "istio-ca-root-cert", "-n", namespace, "-o", path];
        const { stdout } = await cluster.kubectl(args);
        return stdout === "" ? undefined : stdout;
      }),
    stop,
  };
}

/** istiod reads its CA from this folder below its working directory, where the kubelet would mount the Secret. */
async function mountAuthority(folder: string, authority: AuthorityFiles): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, pem] of Object.entries(authority))
    await writeFile(join(folder, name), pem, { mode: 0o600 });
}
