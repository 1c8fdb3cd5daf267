import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApiConnection, connectTo, KubeClient, type KubeObject } from "@heddle/kube";
import { sampleCluster } from "@heddle/kube-sim/samples";
import { startProxy, type TestProxy } from "@heddle/server/testing";
import { HeddleProcesses } from "../spine/heddle-processes.ts";
import { startCluster, type TestCluster, waitUntil, writeKubeconfig } from "../testbed/index.ts";
import type { SupervisedProcess } from "../testbed/supervised-process.ts";

const cluster = "east";
const namespace = "shop";

/** A server and an agent as processes, a real API server, and cables between them that a test can cut, hold and slow down. */
export class FaultyWorld implements AsyncDisposable {
  readonly heddle: HeddleProcesses;
  readonly cluster: TestCluster;
  /** From the agent to the server. */
  readonly relay: TestProxy;
  /** From the agent to the API server. */
  readonly api: TestProxy;
  /** Somebody who works in the cluster, not by way of the cable. */
  readonly user: KubeClient;
  readonly #kubeconfig: string;
  readonly #folder: string;
  #agent: SupervisedProcess | undefined;

  private constructor(parts: Pick<FaultyWorld, "heddle" | "cluster" | "relay" | "api"> & { folder: string }) {
    this.heddle = parts.heddle;
    this.cluster = parts.cluster;
    this.relay = parts.relay;
    this.api = parts.api;
    this.#folder = parts.folder;
    this.#kubeconfig = join(parts.folder, "kubeconfig");
    const { url: server, caPem, adminToken: token } = parts.cluster;
    const connection: ApiConnection = connectTo({ server, caPem, token });
    this.user = new KubeClient(connection);
  }

  /** Everything is connected when it resolves, and the mesh of the cluster is known. */
  static async start(): Promise<FaultyWorld> {
    const folder = await mkdtemp(join(tmpdir(), "heddle-faults-"));
    const [heddle, started] = await Promise.all([HeddleProcesses.start(), startCluster({ name: cluster })]);
    const relay = await startProxy(`http://${heddle.relayAddress}`);
    const api = await startProxy(started.url);
    const world = new FaultyWorld({ heddle, cluster: started, relay, api, folder });
    try {
      await world.#prepare();
      return world;
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    const { url, caPem, adminToken: token } = { ...this.cluster, url: this.api.url.replace(/\/$/, "") };
    await writeFile(this.#kubeconfig, writeKubeconfig({ name: cluster, url, caPem, token }));
    const items = sampleCluster({ mesh: "istio", version: "1.30.3", crds: false, pods: false });
    await this.cluster.kubectlOk(
      ["apply", "-f", "-"],
      JSON.stringify({ apiVersion: "v1", kind: "List", items }),
    );
    const { stdout } = await this.heddle.ok(["cluster", "register", cluster, "--token-only"]);
    this.startAgent({ HEDDLE_TOKEN: stdout.trim() });
    await this.until("the mesh is known", async () =>
      (await this.heddle.ok(["get", "meshes", "--no-headers"])).stdout.includes("istio-system"),
    );
  }

  get agent(): SupervisedProcess {
    if (this.#agent === undefined) throw new Error("the agent was not started");
    return this.#agent;
  }

  startAgent(env: NodeJS.ProcessEnv = {}): SupervisedProcess {
    this.#agent = this.heddle.runAgent(cluster, this.#kubeconfig, {
      HEDDLE_RELAY_ADDRESS: this.relay.address,
      ...env,
    });
    return this.#agent;
  }

  /** Waits, and tells with a failure what the processes said. */
  async until<T>(
    what: string,
    ask: () => T | Promise<T>,
    timeoutMs = 40_000,
  ): ReturnType<typeof waitUntil<T>> {
    return waitUntil(what, ask, { timeoutMs }).catch((cause: unknown) => {
      const said = `agent: ${this.#agent?.log()}\nserver: ${this.heddle.serverLog()}`;
      throw new Error(`${String(cause)}\n${said}`, { cause });
    });
  }

  /** Writes ConfigMaps by way of Heddle; resolves when the server has acknowledged it. */
  async apply(values: Readonly<Record<string, string>>): Promise<void> {
    await this.heddle.ok(["apply", "-f", "-"], JSON.stringify(rawConfigs(values)));
  }

  async remove(...names: readonly string[]): Promise<void> {
    await this.heddle.ok(["delete", "raw", ...names]);
  }

  /** What Heddle's ConfigMaps hold, by name. */
  async values(): Promise<Record<string, string>> {
    const { body } = await this.user.request<{
      items: readonly (KubeObject & { data?: { value?: string } })[];
    }>({
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      query: { labelSelector: "app.kubernetes.io/managed-by=heddle" },
    });
    return Object.fromEntries(body.items.map(({ metadata, data }) => [metadata.name, data?.value ?? ""]));
  }

  /** A merge patch of a ConfigMap, as `kubectl edit` sends it. */
  async edit(name: string, patch: object): Promise<void> {
    await this.user.request({
      method: "PATCH",
      path: `/api/v1/namespaces/${namespace}/configmaps/${name}`,
      query: { fieldManager: "kubectl-edit" },
      contentType: "application/merge-patch+json",
      body: JSON.stringify(patch),
    });
  }

  /** Deletes a ConfigMap, as `kubectl delete --wait=false` would. */
  async deleteByHand(name: string): Promise<void> {
    await this.user.request({ method: "DELETE", path: `/api/v1/namespaces/${namespace}/configmaps/${name}` });
  }

  /** Lets the namespace go that was deleted: here is no controller that would. */
  async finalizeNamespace(): Promise<void> {
    await this.user.request({
      method: "PUT",
      path: `/api/v1/namespaces/${namespace}/finalize`,
      body: JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace }, spec: {} }),
    });
  }

  kubectl(...args: readonly string[]): Promise<string> {
    return this.cluster.kubectlOk(args);
  }

  /** The words of `heddle status`. */
  async status(): Promise<string> {
    return (await this.heddle.ok(["status"])).stdout;
  }

  /** The reason of the condition `Programmed` of a RawConfig. */
  async programmed(name: string): Promise<string | undefined> {
    const { status } = await this.heddle.json<{
      status: { conditions: readonly { type: string; reason: string }[] };
    }>(["get", "raw", name]);
    return status.conditions.find(({ type }) => type === "Programmed")?.reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.heddle[Symbol.asyncDispose]();
    await Promise.all([this.relay.close(), this.api.close(), this.cluster.close()]);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A list of RawConfigs, each with a ConfigMap of the same name. */
function rawConfigs(values: Readonly<Record<string, string>>): object {
  return {
    apiVersion: "v1",
    kind: "List",
    items: Object.entries(values).map(([name, value]) => ({
      apiVersion: "heddle.io/v1alpha1",
      kind: "RawConfig",
      metadata: { name },
      spec: {
        dialect: "istio",
        manifest: { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: { value } },
      },
    })),
  };
}
