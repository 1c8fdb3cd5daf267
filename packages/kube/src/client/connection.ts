import { readFile } from "node:fs/promises";
import { Agent as HttpAgent } from "node:http";
import { type AgentOptions, Agent as HttpsAgent } from "node:https";
import { type Clock, systemClock } from "../clock.ts";

/** What a request needs besides its address. */
export interface RequestAccess {
  readonly agent: HttpAgent;
  readonly headers: Readonly<Record<string, string>>;
}

/** How to reach one API server and as whom. */
export interface ApiConnection {
  /** Base address without a slash at its end. */
  readonly server: string;
  /** Called before each request; cheap, as what it reads is kept for a minute. */
  access(): Promise<RequestAccess>;
  /** Called after 401: what was kept is read again. */
  forget(): void;
}

export interface Credentials {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** client-go reads rotated tokens once a minute too. */
const keepMs = 60_000;

/**
 * A connection whose credentials are read by `load` at most once a minute and after each refusal. Connections are kept alive; new ones are
 * made when the TLS material has changed.
 */
export function apiConnection(
  server: string,
  load: () => Promise<Credentials>,
  clock: Clock = systemClock,
): ApiConnection {
  let loaded: { at: number; access: Promise<RequestAccess> } | undefined;
  let agent: { material: string; agent: HttpAgent } | undefined;

  async function read(): Promise<RequestAccess> {
    const { headers = {}, ...tls } = await load();
    const material = JSON.stringify(tls);
    if (agent?.material !== material) agent = { material, agent: newAgent(server, tls) };
    return { agent: agent.agent, headers };
  }

  return {
    server: server.replace(/\/+$/, ""),
    access: () => {
      if (loaded === undefined || clock.now() - loaded.at > keepMs) {
        const access = read();
        loaded = { at: clock.now(), access };
        access.catch(() => {
          if (loaded?.access === access) loaded = undefined;
        });
      }
      return loaded.access;
    },
    forget: () => {
      loaded = undefined;
    },
  };
}

function newAgent(server: string, tls: AgentOptions): HttpAgent {
  const options = { keepAlive: true, keepAliveMsecs: 15_000, maxFreeSockets: 8 };
  return server.startsWith("https:") ? new HttpsAgent({ ...options, ...tls }) : new HttpAgent(options);
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token.trim()}` };
}

/** A connection of known parts, for tests and for what reads its own configuration. */
export function connectTo(options: {
  readonly server: string;
  readonly caPem?: string;
  readonly token?: string;
}): ApiConnection {
  return apiConnection(options.server, async () => ({
    ...(options.caPem ? { ca: options.caPem } : {}),
    ...(options.token ? { headers: bearer(options.token) } : {}),
  }));
}

const serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The connection of a pod, by its service account; the token is rotated by the kubelet and therefore read again. */
export function inCluster(
  options: { folder?: string; env?: NodeJS.ProcessEnv; clock?: Clock } = {},
): ApiConnection {
  const { folder = serviceAccountFolder, env = process.env, clock = systemClock } = options;
  const host = env["KUBERNETES_SERVICE_HOST"];
  if (!host) throw new Error("not in a pod: KUBERNETES_SERVICE_HOST is not set");
  const port = env["KUBERNETES_SERVICE_PORT"] ?? "443";
  return apiConnection(
    `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    async () => ({
      ca: await readFile(`${folder}/ca.crt`, "utf8"),
      headers: bearer(await readFile(`${folder}/token`, "utf8")),
    }),
    clock,
  );
}
