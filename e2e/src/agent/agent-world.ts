import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BundleReport, type Fact, type FactKey, factKey } from "@heddle/api";
import { connectTo, KubeClient, type KubeObject } from "@heddle/kube";
import { type KubeSim, type KubeSimOptions, startKubeSim } from "@heddle/kube-sim";
import { encodeBundle, type RelaySession } from "@heddle/relay";
import { RelayWorld } from "@heddle/relay/testing";
import { type SupervisedProcess, superviseProcess } from "../testbed/supervised-process.ts";
import { waitUntil } from "../testbed/wait-until.ts";

/** The agent's program, as the image runs it. */
export const agentMain = fileURLToPath(new URL("../../../apps/agent/dist/main.js", import.meta.url));

export interface SentBundle {
  readonly id: string;
  readonly hash: string;
  readonly objects: readonly KubeObject[];
}

/** A simulated cluster, and the server's side of the stream played by the test: what agents say is kept, what they are told is up to it. */
export class AgentWorld implements AsyncDisposable {
  readonly sim: KubeSim;
  readonly relay: RelayWorld;
  readonly folder: string;
  /** Somebody else who works in the cluster. */
  readonly user: KubeClient;
  /** Newest last. */
  readonly sessions: RelaySession[] = [];
  readonly reports: BundleReport[] = [];
  readonly facts = new Map<FactKey, Fact>();
  /** Everything that agents sent, as text. */
  readonly said: string[] = [];
  /** Inventories received that said everything. */
  fullInventories = 0;
  readonly #agents: SupervisedProcess[] = [];
  #revision = 0;

  private constructor(sim: KubeSim, relay: RelayWorld, folder: string) {
    this.sim = sim;
    this.folder = folder;
    this.relay = relay;
    this.user = new KubeClient(connectTo({ server: sim.url, caPem: sim.caPem, token: sim.adminToken }));
  }

  static async start(options: KubeSimOptions = {}): Promise<AgentWorld> {
    const folder = await mkdtemp(join(tmpdir(), "heddle-agent-"));
    const sim = await startKubeSim(options);
    let world: AgentWorld | undefined;
    const here = (): AgentWorld => {
      if (world === undefined) throw new Error("an agent came before the world was made");
      return world;
    };
    const relay = await RelayWorld.open({
      handlers: {
        async onConnect(session) {
          here().sessions.push(session);
          if (session.hello.inventory === undefined) await session.requestInventory();
        },
        async onInventory(_session, { full, upserts, deletes }) {
          const { facts, said } = here();
          said.push(JSON.stringify({ upserts, deletes }));
          if (full) {
            here().fullInventories++;
            facts.clear();
          }
          for (const fact of upserts) facts.set(factKey(fact), fact);
          for (const key of deletes) facts.delete(key);
        },
        async onStatus(_session, reports) {
          here().reports.push(...reports);
          here().said.push(JSON.stringify(reports));
        },
        async onDeliveryAck() {},
        onDisconnect(session) {
          const { sessions } = here();
          const index = sessions.indexOf(session);
          if (index >= 0) sessions.splice(index, 1);
        },
      },
    });
    world = new AgentWorld(sim, relay, folder);
    const serviceAccount = join(folder, "service-account");
    await mkdir(serviceAccount);
    await writeFile(join(serviceAccount, "ca.crt"), sim.caPem);
    await writeFile(join(serviceAccount, "token"), sim.adminToken);
    return world;
  }

  /** Runs an agent as in a pod. Its identity is the Secret `name` in the namespace `default`. */
  runAgent(env: NodeJS.ProcessEnv = {}, name = "agent"): SupervisedProcess {
    const agent = superviseProcess([process.execPath, agentMain], { env: this.environment(env, name) });
    this.#agents.push(agent);
    return agent;
  }

  environment(env: NodeJS.ProcessEnv = {}, name = "agent"): NodeJS.ProcessEnv {
    const { hostname, port } = new URL(this.sim.url);
    return {
      PATH: process.env["PATH"],
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      HEDDLE_SERVICE_ACCOUNT_DIR: join(this.folder, "service-account"),
      POD_NAMESPACE: "default",
      HEDDLE_IDENTITY_SECRET: name,
      HEDDLE_TOKEN: this.relay.token(),
      ...env,
    };
  }

  /** The stream that is there, once there is one that is not `before`. */
  async session(before?: RelaySession): Promise<RelaySession> {
    try {
      return await waitUntil("an agent is connected", () => {
        const newest = this.sessions.at(-1);
        return newest === before ? undefined : newest;
      });
    } catch (error) {
      throw new Error(`${String(error)}\n${this.#agents.map((agent) => agent.log()).join("\n")}`);
    }
  }

  /** Sends a delivery to the newest stream, as the next revision. */
  async deliver(bundles: readonly SentBundle[], removed: readonly string[] = []): Promise<void> {
    const session = await this.session();
    const revision = ++this.#revision;
    await session.deliver({
      id: String(revision),
      revision,
      complete: false,
      bundles: bundles.map(({ id, hash, objects }) =>
        encodeBundle(id, hash, Buffer.from(JSON.stringify(objects))),
      ),
      removed,
    });
  }

  /** The newest report on the bundle that fits. */
  report(bundle: string, fits: (report: BundleReport) => boolean = () => true): Promise<BundleReport> {
    return waitUntil(`a report on ${bundle}`, () => {
      const newest = this.reports.findLast((report) => report.bundle === bundle);
      return newest !== undefined && fits(newest) ? newest : undefined;
    }).catch((error: unknown) => {
      throw new Error(
        `${String(error)}\n${JSON.stringify(this.reports.at(-1))}\n${this.#agents.map((agent) => agent.log()).join("\n")}`,
      );
    });
  }

  /** The value of a ConfigMap of `configMap`; undefined when it is not there. */
  value(name: string): string | undefined {
    const found = this.sim.objects("v1", "ConfigMap").find(({ metadata }) => metadata.name === name);
    return (found?.["data"] as { readonly value?: string } | undefined)?.value;
  }

  /** Sets the value of a ConfigMap, as `kubectl edit` would. */
  async edit(name: string, value: string): Promise<void> {
    await this.user.request({
      method: "PATCH",
      path: `/api/v1/namespaces/default/configmaps/${name}`,
      query: { fieldManager: "kubectl-edit" },
      contentType: "application/merge-patch+json",
      body: JSON.stringify({ data: { value } }),
    });
  }

  async delete(name: string): Promise<void> {
    await this.user.request({ method: "DELETE", path: `/api/v1/namespaces/default/configmaps/${name}` });
  }

  /** Counts requests that match from now on, by a fault that does nothing. */
  count(match: { verb?: string; resource?: string }): { readonly struck: number; remove(): void } {
    return this.sim.faults.add({ match, respond: { delayMs: 0 } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.stop()));
    await this.relay.close();
    await this.sim.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A ConfigMap in the namespace `default`. */
export function configMap(name: string, value: string): KubeObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" }, data: { value } };
}
