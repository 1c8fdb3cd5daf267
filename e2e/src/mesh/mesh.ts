import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectTo, KubeClient } from "@heddle/kube";
import type { TestCluster } from "../testbed/cluster.ts";
import { installCrds, istioCrds } from "../testbed/crds.ts";
import { type ControlPlane, startControlPlane } from "./istio/control-plane.ts";
import { controlPlaneObjects, rootNamespace } from "./istio/control-plane-objects.ts";
import { ensureMeshBinaries } from "./istio/mesh-binaries.ts";
import {
  loadBalancerStatus,
  namespaceObject,
  nodeObjects,
  podObject,
  runningStatus,
  secretObject,
  serviceObjects,
  workloadObjects,
} from "./mesh-objects.ts";
import type { MeshPart } from "./mesh-part.ts";
import type { Network } from "./network/network.ts";
import { openNetwork } from "./network/networks.ts";
import { selfSigned } from "./pod/certificate.ts";
import { certificateFile, moduleFile, once, Pod, trustedFile } from "./pod/pod.ts";
import type { ClientAnswer, ClientRequest } from "./pod/pod-protocol.ts";
import type { PodSpec, SecretSpec, ServiceSpec } from "./pod/pod-spec.ts";
import { type SidecarFiles, shareFiles, startSidecar } from "./pod/sidecar.ts";
import { assembleModule } from "./pod/wasm-module.ts";

/** What runs in a cluster with a mesh. */
export interface Workloads {
  readonly pods: readonly PodSpec[];
  readonly services: readonly ServiceSpec[];
  readonly secrets?: readonly SecretSpec[];
}

/** What a mesh stands on. Given from outside, where the mesh is part of one over several clusters; who made it ends it. */
export interface Surroundings {
  readonly network: Network;
  readonly files: SidecarFiles;
  readonly part?: MeshPart;
}

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
  readonly #surroundings: Surroundings;
  readonly #controlPlane: ControlPlane;
  readonly #pods = new Map<string, Pod>();
  readonly #addresses = new Map<string, string>();
  /** All that it began. */
  #held = new AsyncDisposableStack();

  private constructor(cluster: TestCluster, surroundings: Surroundings, controlPlane: ControlPlane) {
    this.cluster = cluster;
    this.api = clientOf(cluster);
    this.#surroundings = surroundings;
    this.#controlPlane = controlPlane;
  }

  /** Brings Istio up in the cluster, and the pods and services on it; returns when every sidecar is ready. */
  static async start(cluster: TestCluster, what: Workloads, given?: Surroundings): Promise<Mesh> {
    const binaries = await ensureMeshBinaries();
    await using held = new AsyncDisposableStack();
    const surroundings = given ?? (await ownSurroundings(held));
    const { network, part } = surroundings;
    await installCrds(cluster, await istioCrds());
    const namespaces = new Set([...what.pods, ...what.services].map(({ namespace }) => namespace));
    namespaces.delete(rootNamespace);
    await apply(cluster, [
      ...controlPlaneObjects(part),
      ...[...namespaces].map(namespaceObject),
      ...nodeObjects(what.pods),
      ...what.pods.flatMap(workloadObjects),
      ...(what.secrets ?? []).map(secretObject),
    ]);
    const controlPlane = await startControlPlane(cluster, network, binaries.discovery, part);
    held.defer(() => controlPlane.stop());
    const mesh = new Mesh(cluster, surroundings, controlPlane);
    held.defer(async () => {
      await Promise.all(mesh.pods.map((pod) => pod.stop()));
    });
    await mesh.#startPods(what.pods);
    await mesh.addServices(what.services);
    await Promise.all(mesh.pods.map((pod) => pod.ready()));
    mesh.#held = held.move();
    return mesh;
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
    const objects = services.flatMap((service) => {
      const address = `10.96.1.${this.#addresses.size + 1}`;
      const { name, namespace } = service;
      this.#addresses.set(`${name}.${namespace}`, address);
      return serviceObjects(service, address, this.pods);
    });
    await this.#surroundings.network.setHosts(
      new Map([
        ...[...this.#addresses].map(
          ([name, address]) => [`${name} ${name}.svc.cluster.local`, address] as const,
        ),
        ...this.pods.map(({ spec, place }) => [`${spec.name}.pods.example`, place.address] as const),
      ]),
    );
    await apply(this.cluster, objects);
    for (const service of services.filter(({ gatewayOf }) => gatewayOf !== undefined))
      await this.#setStatus("services", service, loadBalancerStatus(service, this.pods));
  }

  /** Ends everything and removes it from the machine; the cluster stays. */
  close(): Promise<void> {
    return this.#held.disposeAsync();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #startPods(specs: readonly PodSpec[]): Promise<void> {
    const { network, files, part } = this.#surroundings;
    const folder = join(network.folder, "pods");
    await mkdir(folder, { recursive: true });
    await selfSigned(folder, certificateFile, "DNS:outside.example");
    await network.trust((await selfSigned(folder, trustedFile, "DNS:trusted.example")).certificate);
    await writeFile(join(folder, moduleFile), await assembleModule());
    for (const spec of specs) {
      const place = await network.addPod(spec.name, { outside: spec.eastWest ?? false });
      this.#pods.set(spec.name, new Pod(spec, place, folder));
    }
    await apply(this.cluster, specs.filter(({ machine }) => !machine).map(podObject));
    await Promise.all(
      this.pods.map(async (pod) => {
        const { spec, place } = pod;
        if (!spec.machine) await this.#setStatus("pods", spec, runningStatus(spec, place.address));
        if (!spec.sidecar) return;
        const token = await this.#identityToken(spec);
        const own = { pod: spec, place, folder: join(folder, spec.name), token };
        pod.withSidecar(await startSidecar({ ...own, files, part, controlPlane: this.#controlPlane }));
      }),
    );
  }

  /** Writes what a controller of Kubernetes would say of an object. */
  async #setStatus(
    resource: "pods" | "services",
    { namespace, name }: { readonly namespace: string; readonly name: string },
    status: object,
  ): Promise<void> {
    await this.api.request({
      method: "PATCH",
      path: `/api/v1/namespaces/${namespace}/${resource}/${name}/status`,
      contentType: "application/merge-patch+json",
      body: JSON.stringify(status),
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

/** A network for one cluster, which is noted to be closed. */
async function ownSurroundings(held: AsyncDisposableStack): Promise<Surroundings> {
  const network = await openNetwork();
  held.defer(() => network.close());
  return { network, files: await shareFiles(network.folder) };
}

function clientOf({ url, caPem, adminToken }: TestCluster): KubeClient {
  return new KubeClient(connectTo({ server: url, caPem, token: adminToken }));
}
