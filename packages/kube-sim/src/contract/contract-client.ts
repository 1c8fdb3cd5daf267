import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { isObject, type Json, type JsonObject } from "../json/json.ts";

/** The API server under test. */
export interface ContractServer {
  readonly url: string;
  readonly caPem: string;
  /** Bearer token of a user in system:masters. */
  readonly adminToken: string;
  /**
   * Whether the controllers of a whole cluster run: namespaces are emptied, dependents collected. A bare
   * kube-apiserver has none.
   */
  readonly controllers?: boolean;
  /** Whether bookmarks come within the time a test may take; the real server sends one a minute. */
  readonly bookmarksSoon?: boolean;
  close(): Promise<void> | void;
}

/** What a test reads of a response. `body` is undefined when it is not JSON. */
export interface Reply {
  readonly code: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  readonly body: JsonObject;
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is when it is a string. */
  readonly body?: Json;
  readonly token?: string | null;
}

/** One event of a watch. */
export interface WatchEvent {
  readonly type: string;
  readonly object: JsonObject;
}

/** A client of a few lines, independent of every other: what goes over the wire is what a test says. */
export class ContractClient {
  readonly server: ContractServer;
  readonly #agent: Agent;
  readonly #watches = new Set<ContractWatch>();

  constructor(server: ContractServer) {
    this.server = server;
    this.#agent = new Agent({ ca: server.caPem, keepAlive: true });
  }

  get controllers(): boolean {
    return this.server.controllers === true;
  }

  close(): void {
    for (const watch of this.#watches) watch.close();
    this.#agent.destroy();
  }

  async send(method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
    const incoming = await this.#open(method, path, options);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    return { code: incoming.statusCode ?? 0, headers: incoming.headers, text, body: parseObject(text) };
  }

  get = (path: string, query: Record<string, string> = {}): Promise<Reply> =>
    this.send("GET", path, { query });
  post = (path: string, body: Json, query: Record<string, string> = {}): Promise<Reply> =>
    this.send("POST", path, { body, query });
  put = (path: string, body: Json, query: Record<string, string> = {}): Promise<Reply> =>
    this.send("PUT", path, { body, query });
  delete = (path: string, body?: JsonObject): Promise<Reply> =>
    this.send("DELETE", path, body === undefined ? {} : { body });

  /** A patch of one of the kinds `merge`, `json`, `strategic`. */
  patch(path: string, type: "merge" | "json" | "strategic", body: Json, query: Record<string, string> = {}) {
    const media = `application/${type === "strategic" ? "strategic-merge" : type}-patch+json`;
    return this.send("PATCH", path, { body, query, headers: { "content-type": media } });
  }

  /** Server-side apply under a field manager. */
  apply(path: string, fieldManager: string, body: Json, query: Record<string, string> = {}): Promise<Reply> {
    const headers = { "content-type": "application/apply-patch+yaml" };
    return this.send("PATCH", path, { body, query: { fieldManager, ...query }, headers });
  }

  /** Starts a watch; it ends with the client, or earlier with `close`. */
  async watch(
    path: string,
    query: Record<string, string> = {},
    options: RequestOptions = {},
  ): Promise<ContractWatch> {
    const incoming = await this.#open("GET", path, { ...options, query: { watch: "true", ...query } });
    const watch = new ContractWatch(incoming);
    this.#watches.add(watch);
    return watch;
  }

  #open(method: string, path: string, options: RequestOptions): Promise<IncomingMessage> {
    const { query = {}, headers = {}, body, token = this.server.adminToken } = options;
    const url = new URL(path, this.server.url);
    for (const [key, value] of Object.entries(query)) url.searchParams.append(key, value);
    const data = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(url, {
        method,
        agent: this.#agent,
        headers: {
          accept: "application/json",
          "user-agent": "contract/1",
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(data === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(data) }),
          ...headers,
        },
      });
      outgoing.on("error", reject);
      outgoing.on("response", resolve);
      outgoing.end(data);
    });
  }
}

/** The events of a watch, in order. */
export class ContractWatch {
  readonly code: number;
  readonly #incoming: IncomingMessage;
  readonly #lines: AsyncIterator<string>;

  constructor(incoming: IncomingMessage) {
    this.code = incoming.statusCode ?? 0;
    this.#incoming = incoming;
    this.#lines = lines(incoming);
  }

  /** The next event, or undefined when the server has ended the watch. */
  async next(): Promise<WatchEvent | undefined> {
    const { value, done } = await this.#lines.next();
    if (done === true) return undefined;
    const { type, object } = parseObject(value);
    return { type: String(type), object: isObject(object) ? object : {} };
  }

  /** The next events, so many of them; fewer when the watch ends before. */
  async take(count: number): Promise<WatchEvent[]> {
    const events: WatchEvent[] = [];
    while (events.length < count) {
      const event = await this.next();
      if (event === undefined) break;
      events.push(event);
    }
    return events;
  }

  close(): void {
    this.#incoming.destroy();
  }
}

async function* lines(incoming: IncomingMessage): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const chunk of incoming) {
    const parts = (rest + String(chunk)).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) if (part.trim() !== "") yield part;
  }
  return undefined;
}

function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
