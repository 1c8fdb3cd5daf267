import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectTo, KubeClient } from "@heddle/kube";
import type { TestCluster } from "../testbed/cluster.ts";
import { installCrds, istioCrds } from "../testbed/crds.ts";
import { selfSigned } from "./certificate.ts";
import { type ControlPlane, controlPlaneObjects, startControlPlane } from "./control-plane.ts";
import { ensureMeshBinaries } from "./mesh-binaries.ts";
import {
  namespaceObject,
  nodeObjects,
  podObject,
  runningStatus,
  secretObject,
  serviceObjects,
  workloadObjects,
} from "./mesh-objects.ts";
import { type Network, openNetwork } from "./network.ts";
import { certificateFile, moduleFile, once, Pod, trustedFile } from "./pod.ts";
import type { ClientAnswer, ClientRequest } from "./pod-protocol.ts";
import type { PodSpec, SecretSpec, ServiceSpec } from "./pod-spec.ts";
import { type SidecarFiles, startSidecar } from "./sidecar.ts";
import { assembleModule } from "./wasm-module.ts";

export interface RequestOptions
  extends Partial<
    Pick<ClientRequest, "method" | "headers" | "body" | "count" | "parallel" | "timeoutMs" | "tls">
  > {
  /** `http://SERVICE.NAMESPACE:PORT/PATH`, or an address instead of the name. */
  readonly url: string;
}

/** A real Istio mesh on this machine: istiod, and pods as network namespaces with real sidecars. */
export class Mesh implements AsyncDisposable {
  readonly cluster: TestCluster;
  readonly api: KubeClient;
  readonly #network: Network;
  readonly #controlPlane: ControlPlane;
  readonly #files: SidecarFiles;
  readonly #pods = new Map<string, Pod>();
  readonly #addresses = new Map<string, string>();

  private constructor(
    cluster: TestCluster,
    network: Network,
    controlPlane: ControlPlane,
    files: SidecarFiles,
  ) {
    this.cluster = cluster;
    this.api = clientOf(cluster);
    this.#network = network;
    this.#controlPlane = controlPlane;
    this.#files = files;
  }

  /** Brings Istio up in the cluster, and the pods and services on it; returns when every sidecar is ready. */
  static async start(
    cluster: TestCluster,
    what: { pods: readonly PodSpec[]; services: readonly ServiceSpec[]; secrets?: readonly SecretSpec[] },
  ): Promise<Mesh> {
    const binaries = await ensureMeshBinaries();
    const network = await openNetwork();
    let mesh: Mesh | undefined;
    try {
      await installCrds(cluster, await istioCrds());
      const namespaces = [...new Set([...what.pods, ...what.services].map(({ namespace }) => namespace))];
      await apply(cluster, [
        ...controlPlaneObjects,
        ...namespaces.map(namespaceObject),
        ...nodeObjects(what.pods),
        ...what.pods.flatMap(workloadObjects),
        ...(what.secrets ?? []).map(secretObject),
      ]);
      const files = await shareFiles(network, binaries);
      const controlPlane = await startControlPlane(cluster, network, binaries.discovery);
      mesh = new Mesh(cluster, network, controlPlane, files);
      await mesh.#startPods(what.pods);
      await mesh.addServices(what.services);
      await Promise.all([...mesh.#pods.values()].map((pod) => pod.ready()));
      return mesh;
    } catch (error) {
      await (mesh ? mesh.close() : network.close());
      throw error;
    }
  }

  pod(name: string): Pod {
    const found = this.#pods.get(name);
    if (found === undefined) throw new Error(`no pod ${name} in the mesh`);
    return found;
  }

  get pods(): readonly Pod[] {
    return [...this.#pods.values()];
  }

  /** Sends requests from a pod, one after the other unless `parallel` is set. */
  request(from: string, { url, ...options }: RequestOptions): Promise<readonly ClientAnswer[]> {
    const { hostname, port, pathname, search } = new URL(url);
    return this.pod(from).send({
      ...once,
      ...options,
      headers: { host: port === "" ? hostname : `${hostname}:${port}`, ...options.headers },
      address: this.#addresses.get(hostname.replace(/\.svc\.cluster\.local$/, "")) ?? hostname,
      port: Number(port || 80),
      path: `${pathname}${search}`,
    });
  }

  async addServices(services: readonly ServiceSpec[]): Promise<void> {
    const pods = this.pods.map(({ spec, place }) => ({ spec, address: place.address }));
    const objects = services.flatMap((service) => {
      const address = `10.96.1.${this.#addresses.size + 1}`;
      const { name, namespace } = service;
      this.#addresses.set(`${name}.${namespace}`, address);
      return serviceObjects(service, address, pods);
    });
    await this.#network.setHosts(
      new Map([
        ...[...this.#addresses].map(
          ([name, address]) => [`${name} ${name}.svc.cluster.local`, address] as const,
        ),
        ...pods.map(({ spec, address }) => [`${spec.name}.pods.example`, address] as const),
      ]),
    );
    await apply(this.cluster, objects);
  }

  /** Ends everything and removes it from the machine; the cluster stays. */
  async close(): Promise<void> {
    await Promise.all(this.pods.map((pod) => pod.stop()));
    await this.#controlPlane.stop();
    await this.#network.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #startPods(specs: readonly PodSpec[]): Promise<void> {
    const folder = join(this.#network.folder, "pods");
    await mkdir(folder, { recursive: true });
    await selfSigned(folder, certificateFile, "DNS:outside.example");
    await this.#network.trust((await selfSigned(folder, trustedFile, "DNS:trusted.example")).certificate);
    await writeFile(join(folder, moduleFile), await assembleModule());
    for (const spec of specs)
      this.#pods.set(spec.name, new Pod(spec, await this.#network.addPod(spec.name), folder));
    await apply(this.cluster, specs.filter(({ machine }) => !machine).map(podObject));
    await Promise.all(
      this.pods.map(async (pod) => {
        const { spec, place } = pod;
        if (!spec.machine) await this.#setRunning(pod);
        if (!spec.sidecar) return;
        const token = await this.#identityToken(spec);
        const sidecar = join(folder, spec.name);
        const controlPlane = this.#controlPlane;
        pod.withSidecar(
          await startSidecar({ pod: spec, place, folder: sidecar, files: this.#files, controlPlane, token }),
        );
      }),
    );
  }

  async #setRunning({ spec, place }: Pod): Promise<void> {
    await this.api.request({
      method: "PATCH",
      path: `/api/v1/namespaces/${spec.namespace}/pods/${spec.name}/status`,
      contentType: "application/merge-patch+json",
      body: JSON.stringify(runningStatus(spec, place.address)),
    });
  }

  async #identityToken({ namespace, serviceAccount }: PodSpec): Promise<string> {
    const { body } = await this.api.request<{ status: { token: string } }>({
      method: "POST",
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`,
      body: JSON.stringify({ spec: { audiences: ["istio-ca"], expirationSeconds: 86_400 } }),
    });
    return body.status.token;
  }
}

async function apply(cluster: TestCluster, items: readonly object[]): Promise<void> {
  if (items.length === 0) return;
  await cluster.kubectlOk(
    ["apply", "--server-side", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  );
}

/** The sidecars' user may not read the cache of the user who runs the tests. */
async function shareFiles(network: Network, binaries: SidecarFiles): Promise<SidecarFiles> {
  const share = async (path: string, name: string) => {
    const shared = join(network.folder, name);
    await copyFile(path, shared);
    return shared;
  };
  return {
    agent: await share(binaries.agent, "pilot-agent"),
    envoy: await share(binaries.envoy, "envoy"),
    bootstrap: await share(binaries.bootstrap, "envoy_bootstrap.json"),
  };
}

function clientOf({ url, caPem, adminToken }: TestCluster): KubeClient {
  return new KubeClient(connectTo({ server: url, caPem, token: adminToken }));
}
