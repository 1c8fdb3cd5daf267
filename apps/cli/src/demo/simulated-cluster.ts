import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type KubeSim, startKubeSim } from "@heddle/kube-sim";
import { sampleCluster } from "@heddle/kube-sim/samples";

const program = fileURLToPath(new URL("../main.js", import.meta.url));

export interface ClusterPlan {
  readonly name: string;
  readonly mesh: "istio" | "linkerd";
  readonly version: string;
}

/** A simulated API server with the sample application, and a real agent in a process of its own. */
export interface SimulatedCluster extends ClusterPlan {
  readonly api: KubeSim;
  readonly kubeconfig: string;
  /** Runs the agent with its one-time token. */
  startAgent(token: string): void;
  stop(): Promise<void>;
}

export async function simulateCluster(plan: ClusterPlan, folder: string): Promise<SimulatedCluster> {
  const { name, mesh, version } = plan;
  const api = await startKubeSim({ objects: sampleCluster({ mesh, version, crds: true, pods: true }) });
  const kubeconfig = join(folder, `${name}.kubeconfig`);
  await writeFile(kubeconfig, api.kubeconfig(), { mode: 0o600 });
  let stopAgent = async (): Promise<void> => undefined;
  return {
    ...plan,
    api,
    kubeconfig,
    startAgent(token) {
      const agent = spawn(
        process.execPath,
        [program, "agent", "run", "--kubeconfig", kubeconfig, "--state-dir", join(folder, `${name}-agent`)],
        {
          env: { ...process.env, HEDDLE_TOKEN: token, LOG_LEVEL: process.env["LOG_LEVEL"] ?? "error" },
          stdio: ["ignore", "ignore", "inherit"],
        },
      );
      const ended = new Promise<void>((resolve) => agent.once("exit", () => resolve()));
      const withDemo = () => agent.kill("SIGKILL");
      process.once("exit", withDemo);
      stopAgent = async () => {
        process.off("exit", withDemo);
        agent.kill("SIGTERM");
        await ended;
      };
    },
    async stop() {
      await stopAgent();
      await api.close();
    },
  };
}
