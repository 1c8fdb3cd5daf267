import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { TestCluster } from "../testbed/cluster.ts";
import { freePort } from "../testbed/free-port.ts";
import { superviseProcess } from "../testbed/supervised-process.ts";
import { versions } from "../testbed/versions.ts";
import { waitUntil } from "../testbed/wait-until.ts";
import type { Network } from "./network.ts";
import { startValidation } from "./validation.ts";

export const rootNamespace = "istio-system";

const collector = "collector.observe.svc.cluster.local";

/** Where telemetry can go: a file in each sidecar's working directory, and the pod that collects. */
const extensionProviders = [
  { name: "requests", envoyFileAccessLog: { path: "/proc/self/cwd/requests.log" } },
  {
    name: "fields",
    envoyFileAccessLog: {
      path: "/dev/stdout",
      logFormat: { labels: { asked: "%REQ(X-TAG)%", answered: "%RESPONSE_CODE%" } },
    },
  },
  { name: "logs", envoyOtelAls: { service: collector, port: 4317, logFormat: { text: "%REQ(X-TAG)%" } } },
  { name: "als", envoyHttpAls: { service: collector, port: 9000, additionalRequestHeadersToLog: ["x-tag"] } },
  { name: "zipkin", zipkin: { service: collector, port: 9411, maxTagLength: 40 } },
  { name: "spans", opentelemetry: { service: collector, port: 4317 } },
  { name: "datadog", datadog: { service: collector, port: 8126 } },
  { name: "lightstep", opentelemetry: { service: collector, port: 4319 } },
  { name: "skywalking", skywalking: { service: collector, port: 11800 } },
];

/** Without what needs Istio's own Envoy filters: the testbed's Envoy is upstream's. */
const meshConfig = stringify({
  trustDomain: "cluster.local",
  rootNamespace,
  enablePrometheusMerge: false,
  defaultProviders: {},
  accessLogFile: "",
  extensionProviders,
  defaultConfig: { discoveryAddress: "istiod.istio-system.svc:15012" },
});

/** The objects by which istiod itself, and Heddle, know that a control plane is there. No kubelet runs this Deployment. */
export const controlPlaneObjects = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: rootNamespace } },
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "istio", namespace: rootNamespace },
    data: { mesh: meshConfig },
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: "istiod",
      namespace: rootNamespace,
      labels: { app: "istiod", "istio.io/rev": "default" },
    },
    spec: {
      selector: { matchLabels: { app: "istiod" } },
      template: {
        metadata: { labels: { app: "istiod" } },
        spec: {
          containers: [{ name: "discovery", image: `docker.io/istio/pilot:${versions.istioRelease}` }],
        },
      },
    },
  },
];

export interface ControlPlane {
  /** Name of the cluster, as sidecars must call it. */
  readonly clusterId: string;
  /** Root certificates of the mesh, as istiod gives them to a namespace. */
  rootCertificates(namespace: string): Promise<string>;
  stop(): Promise<void>;
}

/** istiod for one cluster, listening on the bridge, with its validating webhook. Its objects must be there. */
export async function startControlPlane(
  cluster: TestCluster,
  network: Network,
  binary: string,
): Promise<ControlPlane> {
  const folder = join(network.folder, "istiod");
  await mkdir(folder);
  const file = (name: string) => join(folder, name);
  await writeFile(file("mesh.yaml"), meshConfig);
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
      `--grpcAddr=${network.gateway}:15010`,
      `--secureGRPCAddr=${network.gateway}:15012`,
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
