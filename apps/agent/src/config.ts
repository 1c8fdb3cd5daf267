import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

const environment = z.object({
  HEDDLE_TOKEN: z.string().optional(),
  HEDDLE_TOKEN_FILE: z.string().optional(),
  HEDDLE_RELAY_ADDRESS: z.string().optional(),
  HEDDLE_STATE_DIR: z.string().default(join(homedir(), ".local", "state", "heddle-agent")),
  HEDDLE_IDENTITY_SECRET: z.string().optional(),
  HEDDLE_HEALTH_LISTEN: z
    .string()
    .regex(/^.*:\d{1,5}$/)
    .optional(),
  KUBECONFIG: z.string().optional(),
  KUBERNETES_SERVICE_HOST: z.string().optional(),
  POD_NAMESPACE: z.string().optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
});

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
  /** `host:port` of `/livez` and `/readyz`; none unless given. */
  readonly healthListen: string | undefined;
  readonly logLevel: string;
}

/** Reads the configuration from environment variables. Throws a ZodError that names the variable. */
export async function configFrom(env: Readonly<Record<string, string | undefined>>): Promise<AgentConfig> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = environment.parse(given);
  const inCluster = parsed.KUBECONFIG === undefined && parsed.KUBERNETES_SERVICE_HOST !== undefined;
  const secret = parsed.HEDDLE_IDENTITY_SECRET ?? (inCluster ? "heddle-agent-identity" : undefined);
  return {
    token: parsed.HEDDLE_TOKEN ?? (parsed.HEDDLE_TOKEN_FILE && (await tokenFrom(parsed.HEDDLE_TOKEN_FILE))),
    relayAddress: parsed.HEDDLE_RELAY_ADDRESS,
    identity:
      secret === undefined
        ? { kind: "folder", path: parsed.HEDDLE_STATE_DIR }
        : { kind: "secret", namespace: parsed.POD_NAMESPACE ?? "heddle-agent", name: secret },
    kubeconfig: inCluster ? undefined : (parsed.KUBECONFIG ?? join(homedir(), ".kube", "config")),
    healthListen: parsed.HEDDLE_HEALTH_LISTEN,
    logLevel: parsed.LOG_LEVEL,
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
