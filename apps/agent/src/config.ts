import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

const logLevels = ["fatal", "error", "warn", "info", "debug", "silent"];

/** A variable of the environment has a value that cannot be meant. */
export class ConfigError extends Error {
  readonly code = "AGENT_CONFIG_INVALID";
  readonly retryable = false;

  constructor(variable: string, expected: string) {
    super(`${variable} must be ${expected}`);
    this.name = "ConfigError";
  }
}

/** All that an agent is told. */
export interface AgentConfig {
  /** `heddle1.…`, needed until the agent has enrolled. */
  readonly token: string | undefined;
  /** `host:port`, where it differs from the token's. */
  readonly relayAddress: string | undefined;
  /** Where the agent's certificate is kept: a folder, or a Secret `namespace/name` of its own cluster. */
  readonly identity:
    | { readonly kind: "folder"; readonly path: string }
    | { readonly kind: "secret"; readonly namespace: string; readonly name: string };
  /** Undefined: the service account of the pod. */
  readonly kubeconfig: string | undefined;
  readonly kubeContext?: string;
  /** Folder with `token` and `ca.crt`, where it is not the one that a kubelet makes. */
  readonly serviceAccountDir?: string;
  /** `host:port` of `/livez` and `/readyz`; none unless given. */
  readonly healthListen: string | undefined;
  readonly logLevel: string;
}

/** Reads the configuration from environment variables, of which the README has a table; empty ones count as unset. @throws ConfigError */
export async function configFrom(env: Readonly<Record<string, string | undefined>>): Promise<AgentConfig> {
  const given = (name: string): string | undefined => env[name] || undefined;
  const kubeconfig = given("KUBECONFIG");
  const inCluster = kubeconfig === undefined && given("KUBERNETES_SERVICE_HOST") !== undefined;
  const secret = given("HEDDLE_IDENTITY_SECRET") ?? (inCluster ? "heddle-agent-identity" : undefined);
  const tokenFile = given("HEDDLE_TOKEN_FILE");
  const serviceAccountDir = given("HEDDLE_SERVICE_ACCOUNT_DIR");
  const healthListen = given("HEDDLE_HEALTH_LISTEN");
  if (healthListen !== undefined && !/:\d{1,5}$/.test(healthListen))
    throw new ConfigError("HEDDLE_HEALTH_LISTEN", "HOST:PORT or :PORT");
  const logLevel = given("LOG_LEVEL") ?? "info";
  if (!logLevels.includes(logLevel)) throw new ConfigError("LOG_LEVEL", `one of ${logLevels.join(", ")}`);
  return {
    token: given("HEDDLE_TOKEN") ?? (tokenFile && (await tokenFrom(tokenFile))),
    relayAddress: given("HEDDLE_RELAY_ADDRESS"),
    identity:
      secret === undefined
        ? {
            kind: "folder",
            path: given("HEDDLE_STATE_DIR") ?? join(homedir(), ".local", "state", "heddle-agent"),
          }
        : { kind: "secret", namespace: given("POD_NAMESPACE") ?? "heddle-agent", name: secret },
    kubeconfig: inCluster ? undefined : (kubeconfig ?? join(homedir(), ".kube", "config")),
    ...(serviceAccountDir && { serviceAccountDir }),
    healthListen,
    logLevel,
  };
}

/** The file may be gone once the agent has enrolled. */
async function tokenFrom(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim() || undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
