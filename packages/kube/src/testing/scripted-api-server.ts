import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** One watch that a client has open. */
export interface OpenWatch {
  readonly request: SeenRequest;
  send(type: string, object: object): void;
  /** Ends it as a server does after its time. */
  end(): void;
  /** Breaks the connection. */
  drop(): void;
  readonly closed: boolean;
}

type Answer = {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
};

/**
 * An HTTP server that does what a test tells it. It serves one kind, `v1 ConfigMap`, by default with nothing in it; `onList` and `onWatch`
 * answer in other ways, `answers` everything else by path.
 */
export class ScriptedApiServer implements AsyncDisposable {
  readonly requests: SeenRequest[] = [];
  readonly watches: OpenWatch[] = [];
  readonly answers = new Map<string, (request: SeenRequest) => Answer>();
  onList: (request: SeenRequest) => Answer = () => ({ body: list("1") });
  /** Undefined keeps the watch open. */
  onWatch: (request: SeenRequest) => Answer | undefined = () => undefined;
  /** Sees each request first; may break its connection. */
  onRequest: (request: IncomingMessage) => unknown = () => {};
  readonly #server: Server = createServer((request, response) => this.#serve(request, response));

  static async start(): Promise<ScriptedApiServer> {
    const server = new ScriptedApiServer();
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    server.answers.set("/apis", () => ({ body: { groups: [] } }));
    server.answers.set("/api/v1", () => ({
      body: {
        resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true, verbs: ["list", "watch"] }],
      },
    }));
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return `http://127.0.0.1:${address.port}`;
  }

  get lists(): SeenRequest[] {
    return this.requests.filter((request) => isList(request));
  }

  get openWatches(): OpenWatch[] {
    return this.watches.filter((watch) => !watch.closed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.onRequest(request);
    if (request.destroyed) return;
    const url = new URL(request.url ?? "/", "http://server");
    let body = "";
    for await (const chunk of request) body += chunk;
    const seen: SeenRequest = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
    };
    this.requests.push(seen);
    if (seen.query.get("watch") === "true") return this.#serveWatch(seen, response);
    const answer = isList(seen) ? this.onList(seen) : this.answers.get(seen.path)?.(seen);
    reply(response, answer ?? { status: 404, body: status(404, "NotFound") });
  }

  #serveWatch(request: SeenRequest, response: ServerResponse): void {
    const answer = this.onWatch(request);
    if (answer) {
      reply(response, answer);
      return;
    }
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    let closed = false;
    response.once("close", () => {
      closed = true;
    });
    this.watches.push({
      request,
      send: (type, object) => response.write(`${JSON.stringify({ type, object })}\n`),
      end: () => response.end(),
      drop: () => response.destroy(),
      get closed() {
        return closed;
      },
    });
  }
}

function isList(request: SeenRequest): boolean {
  return request.method === "GET" && request.path === "/api/v1/configmaps" && !request.query.has("watch");
}

function reply(response: ServerResponse, { status: code = 200, headers = {}, body }: Answer): void {
  response.writeHead(code, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body ?? {}));
}

/** `metav1.Status`. */
export function status(code: number, reason: string, more: object = {}): object {
  return {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    code,
    reason,
    message: `${reason}!`,
    ...more,
  };
}

export function list(resourceVersion: string, items: readonly object[] = [], next = ""): object {
  return { kind: "ConfigMapList", metadata: { resourceVersion, continue: next }, items };
}

export function item(name: string, resourceVersion: string, data: Record<string, string> = {}): object {
  return { metadata: { name, namespace: "ns", resourceVersion }, data };
}
