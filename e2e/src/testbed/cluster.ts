import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBinaries } from "./binaries.ts";
import { freePort } from "./free-port.ts";
import { type CommandResult, runCommand } from "./kubectl.ts";
import { type SupervisedProcess, superviseProcess } from "./supervised-process.ts";
import { waitUntil } from "./wait-until.ts";

/** A real etcd and kube-apiserver on loopback; no kubelet, scheduler or controller manager. */
export interface TestCluster extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  /** What to trust the API server with. */
  readonly caPem: string;
  /** Bearer token of a member of `system:masters`. */
  readonly adminToken: string;
  readonly kubeconfigPath: string;
  readonly kubeconfig: string;
  kubectl(args: readonly string[], stdin?: string): Promise<CommandResult>;
  /** `kubectl` that must succeed; returns its standard output. */
  kubectlOk(args: readonly string[], stdin?: string): Promise<string>;
  /** A token of the service account, which is made when missing. */
  createServiceAccountToken(namespace: string, name: string): Promise<string>;
  /** Kills the API server; etcd keeps the data. */
  stopApiServer(): Promise<void>;
  /** Starts it again at the same address and waits until it is ready. */
  startApiServer(): Promise<void>;
  /** Ends every process and removes all data. */
  close(): Promise<void>;
}

const readyTimeoutMs = 60_000;

/** Starts a cluster; the first one ever builds the binaries. Everything it started is gone when it fails. */
export async function startCluster(options: { name: string }): Promise<TestCluster> {
  const binaries = await ensureBinaries();
  const folder = await mkdtemp(join(tmpdir(), `heddle-testbed-${options.name}-`));
  const file = (name: string) => join(folder, name);
  const [port, etcdPort, peerPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const url = `https://127.0.0.1:${port}`;
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const adminToken = randomBytes(24).toString("hex");
  let apiServer: SupervisedProcess | undefined;

  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await writeFile(file("sa.pub"), publicKey.export({ type: "spki", format: "pem" }));
  await writeFile(file("sa.key"), privateKey.export({ type: "sec1", format: "pem" }), { mode: 0o600 });
  await writeFile(file("tokens.csv"), `${adminToken},admin,admin,system:masters\n`, { mode: 0o600 });

  const etcd = superviseProcess(
    [
      binaries.etcd,
      `--data-dir=${file("etcd")}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
    { removeWhenEnded: folder },
  );

  const readCa = () => readFile(file("certs/apiserver.crt"), "utf8");

  async function startApiServer(): Promise<void> {
    if (apiServer?.running) return;
    const server = superviseProcess([
      binaries["kube-apiserver"],
      `--etcd-servers=${etcdUrl}`,
      `--secure-port=${port}`,
      "--bind-address=127.0.0.1",
      `--cert-dir=${file("certs")}`,
      `--service-account-key-file=${file("sa.pub")}`,
      `--service-account-signing-key-file=${file("sa.key")}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      `--token-auth-file=${file("tokens.csv")}`,
      "--authorization-mode=RBAC",
      "--service-cluster-ip-range=10.96.0.0/16",
      "--disable-admission-plugins=ServiceAccount",
      "--allow-privileged",
      "--profiling=false",
    ]);
    apiServer = server;
    const dead = () => !server.running || !etcd.running;
    try {
      await waitUntil(
        "the API server is ready",
        async () => dead() || (await isReady(url, await readCa(), adminToken)),
        { timeoutMs: readyTimeoutMs },
      );
      if (dead()) throw new Error("a process ended");
    } catch (cause) {
      throw new Error(
        `the API server of ${options.name} did not come up\n--- kube-apiserver\n${server.log()}\n--- etcd\n${etcd.log()}`,
        { cause },
      );
    }
  }

  async function stopApiServer(): Promise<void> {
    await apiServer?.stop();
  }

  async function close(): Promise<void> {
    await stopApiServer();
    await etcd.stop();
    await rm(folder, { recursive: true, force: true });
  }

  try {
    await startApiServer();
    const caPem = await readCa();
    const kubeconfigPath = file("kubeconfig");
    const kubeconfig = writeKubeconfig({ name: options.name, url, caPem, token: adminToken });
    await writeFile(kubeconfigPath, kubeconfig, { mode: 0o600 });
    const kubectl = (args: readonly string[], stdin?: string) =>
      runCommand(
        binaries.kubectl,
        [`--kubeconfig=${kubeconfigPath}`, `--cache-dir=${file("kubectl")}`, ...args],
        stdin,
      );
    const kubectlOk = async (args: readonly string[], stdin?: string) => {
      const result = await kubectl(args, stdin);
      if (result.code !== 0)
        throw new Error(`kubectl ${args.join(" ")} failed (${result.code}): ${result.stderr}`);
      return result.stdout;
    };
    return {
      name: options.name,
      url,
      caPem,
      adminToken,
      kubeconfigPath,
      kubeconfig,
      kubectl,
      kubectlOk,
      createServiceAccountToken: async (namespace, name) => {
        const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace, name } };
        await kubectlOk(["apply", "-f", "-"], JSON.stringify(account));
        return (await kubectlOk(["create", "token", name, "-n", namespace])).trim();
      },
      stopApiServer,
      startApiServer,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function isReady(url: string, ca: string, token: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${url}/readyz`,
      { ca, headers: { authorization: `Bearer ${token}` }, timeout: 2_000, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    call.once("timeout", () => call.destroy(new Error("timed out")));
    call.once("error", reject);
    call.end();
  });
}

/** A kubeconfig with one context. It is JSON, which is YAML as well. */
export function writeKubeconfig(access: { name: string; url: string; caPem: string; token: string }): string {
  const { name, url, caPem, token } = access;
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name, cluster: { server: url, "certificate-authority-data": Buffer.from(caPem).toString("base64") } },
    ],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name, context: { cluster: name, user: "admin" } }],
    "current-context": name,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
