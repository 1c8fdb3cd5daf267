import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import { Tokens } from "./auth/tokens.ts";
import { bootstrapObjects } from "./bootstrap.ts";
import { issueServerCertificate } from "./certificate.ts";
import { Definitions } from "./controllers/definitions.ts";
import { GarbageCollector } from "./controllers/garbage-collector.ts";
import { Namespaces } from "./controllers/namespaces.ts";
import { Reactions } from "./controllers/reactions.ts";
import { Faults } from "./faults.ts";
import { Gate } from "./http/gate.ts";
import { createHandler } from "./http/handler.ts";
import { Watches } from "./http/watch.ts";
import { isObject, type Json, type JsonObject } from "./json/json.ts";
import { type KubeObject, splitApiVersion } from "./json/kube-object.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { Cluster } from "./operations/cluster.ts";
import { seedObject } from "./operations/seed.ts";

export interface KubeSimOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Stored before the server answers, in this order. */
  readonly objects?: readonly JsonObject[];
  /** Bearer tokens and whom they stand for. */
  readonly tokens?: Readonly<Record<string, { user: string; groups?: readonly string[] }>>;
  /** Between two bookmarks of a watch that asks for them, in milliseconds; a minute as on the real server. */
  readonly bookmarkIntervalMs?: number;
  /** Changes kept for each resource, at least: watches and pages from before get 410. */
  readonly watchWindow?: number;
}

/** `refuse` closes the port and every connection; `hang` accepts requests and answers none, and silences watches. */
export type PauseMode = "refuse" | "hang";

export interface KubeSim extends AsyncDisposable {
  readonly url: string;
  readonly caPem: string;
  /** Bearer token of a user in system:masters. */
  readonly adminToken: string;
  readonly faults: Faults;
  /** A kubeconfig (YAML) for a user; one that no token is known for gets one. Without a name, the admin's. */
  kubeconfig(user?: string): string;
  /** Stores objects as they are given, status included; an object that exists is replaced. Throws StatusError. */
  seed(objects: Iterable<JsonObject>): void;
  /** The stored objects of a kind, in list order. They are shared: do not change them. */
  objects(apiVersion: string, kind: string): readonly KubeObject[];
  pause(mode?: PauseMode): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a simulated Kubernetes API server on HTTPS. */
export async function startKubeSim(options: KubeSimOptions = {}): Promise<KubeSim> {
  const host = options.host ?? "127.0.0.1";
  const cluster = new Cluster(options.watchWindow ?? 1000);
  const tokens = new Tokens(options.tokens ?? {});
  const faults = new Faults();
  const gate = new Gate();
  const reactions = new Reactions(cluster);
  reactions.add(new Definitions(cluster), new Namespaces(cluster), new GarbageCollector(cluster));
  const seed = (objects: Iterable<JsonObject>): void => {
    for (const object of objects) {
      seedObject(cluster, object);
      if (object["kind"] === "CustomResourceDefinition") reactions.settle();
    }
    reactions.settle();
  };
  seed(bootstrapObjects);
  seed(options.objects ?? []);
  const watches = new Watches(cluster, faults, options.bookmarkIntervalMs ?? 60_000);

  const { caPem, certPem, keyPem } = await issueServerCertificate([
    ...new Set([host, "127.0.0.1", "localhost", "kubernetes", "kubernetes.default.svc"]),
  ]);
  const server = createServer({ cert: certPem, key: keyPem, keepAliveTimeout: 60_000, requestTimeout: 0 });
  const sockets = trackSockets(server);
  const reset = (incoming: IncomingMessage): void => {
    sockets.get(incoming.socket.remotePort ?? 0)?.resetAndDestroy();
  };
  server.on("request", createHandler({ cluster, roles: cluster, tokens, faults, watches, gate, reset }));
  const port = await listen(server, options.port ?? 0, host);
  const url = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;

  const refuse = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets.values()) socket.destroy();
    await closed;
  };
  const close = async (): Promise<void> => {
    reactions.close();
    watches.close();
    gate.open();
    await refuse();
  };
  return {
    url,
    caPem,
    adminToken: tokens.adminToken,
    faults,
    kubeconfig: (user = "admin") =>
      writeKubeconfig({
        url,
        caPem,
        user,
        token: user === "admin" ? tokens.adminToken : tokens.tokenOf(user),
      }),
    seed,
    objects: (apiVersion, kind) => storedObjects(cluster, apiVersion, kind),
    pause: async (mode = "refuse") => {
      if (mode === "refuse") return refuse();
      gate.shut();
      watches.hold(true);
    },
    resume: async () => {
      gate.open();
      watches.hold(false);
      if (!server.listening) await listen(server, port, host);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function storedObjects(cluster: Cluster, apiVersion: string, kind: string): readonly KubeObject[] {
  const { group, version } = splitApiVersion(apiVersion);
  const served = cluster.registry.findKind(group, version, kind);
  if (served === undefined) return [];
  return cluster.store
    .table(served.resource)
    .sorted()
    .map((entry) => entry.as(apiVersion));
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, "listening");
  const address: unknown = server.address();
  return isObject(address) ? Number(address["port"]) : port;
}

/** The TCP connections below TLS, by the port at the other end. */
function trackSockets(server: Server): Map<number, Socket> {
  const sockets = new Map<number, Socket>();
  server.on("connection", (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.once("close", () => sockets.delete(port));
  });
  return sockets;
}

/** The objects of a list of manifests, such as a parsed multi-document YAML file: lists are opened, nulls left out. */
export function manifestObjects(documents: Iterable<Json>): JsonObject[] {
  return [...documents].flatMap((document) => {
    if (!isObject(document)) return [];
    const items = document["items"];
    return Array.isArray(items) && String(document["kind"]).endsWith("List")
      ? items.filter(isObject)
      : [document];
  });
}
