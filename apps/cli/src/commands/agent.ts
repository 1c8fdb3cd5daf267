import type { Command } from "commander";

interface RunOptions {
  readonly kubeconfig?: string;
  readonly kubeContext?: string;
  readonly tokenFile?: string;
  readonly relayAddress?: string;
  readonly stateDir?: string;
  readonly healthListen?: string;
}

export function addAgent(program: Command): void {
  program
    .command("agent")
    .description("the agent of a cluster")
    .command("run")
    .description("run an agent here; HEDDLE_TOKEN or --token-file gives its one-time token")
    .option("--kubeconfig <path>", "the cluster's; in a pod the service account is used")
    .option("--kube-context <name>", "context of the kubeconfig")
    .option("--token-file <path>")
    .option("--relay-address <host:port>", "where the server is, if not as the token says")
    .option("--state-dir <path>", "where the agent's certificate is kept")
    .option("--health-listen <host:port>", "serve /livez and /readyz there")
    .action(async (options: RunOptions) => {
      const { configFrom, startAgent } = await import("@heddle/agent");
      const config = await configFrom({
        ...process.env,
        ...(options.kubeconfig && { KUBECONFIG: options.kubeconfig }),
        ...(options.tokenFile && { HEDDLE_TOKEN_FILE: options.tokenFile }),
        ...(options.relayAddress && { HEDDLE_RELAY_ADDRESS: options.relayAddress }),
        ...(options.stateDir && { HEDDLE_STATE_DIR: options.stateDir }),
        ...(options.healthListen && { HEDDLE_HEALTH_LISTEN: options.healthListen }),
      });
      const agent = await startAgent({
        ...config,
        ...(options.kubeContext && { kubeContext: options.kubeContext }),
      });
      await new Promise<void>((resolve) => {
        process.once("SIGINT", resolve);
        process.once("SIGTERM", resolve);
        // Another agent of the cluster took over.
        void agent.ended.then(() => resolve());
      });
      await agent.stop();
      process.exit(0);
    });
}
