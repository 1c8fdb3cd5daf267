import type { IncomingMessage } from "node:http";
import { type Clock, systemClock } from "../clock.ts";
import type { ApiConnection } from "./connection.ts";
import { exchange } from "./exchange.ts";
import { errorOfBody, KubeError } from "./kube-error.ts";

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface KubeRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Query;
  /** Sent as it is; objects are serialised by the caller, once. */
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
  /** For the whole answer; 30 s unless told. A stream's limit is for its head only. */
  readonly timeoutMs?: number;
}

export interface KubeAnswer<T> {
  readonly status: number;
  readonly body: T;
}

/** Asks for an object's metadata only; a server that cannot gives the whole object. */
export const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
export const metadataListOnly =
  "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

const defaultTimeoutMs = 30_000;

/** A thin HTTP client of one API server: JSON in, JSON or lines out, every failure a `KubeError`. */
export class KubeClient {
  readonly #connection: ApiConnection;
  readonly #clock: Clock;
  readonly #userAgent: string;

  constructor(connection: ApiConnection, options: { clock?: Clock; userAgent?: string } = {}) {
    this.#connection = connection;
    this.#clock = options.clock ?? systemClock;
    this.#userAgent = options.userAgent ?? "heddle";
  }

  /** @throws KubeError; the signal's reason when aborted. */
  async request<T>(request: KubeRequest): Promise<KubeAnswer<T>> {
    await using call = await this.#open(request);
    const text = await call.run(readText(call.response));
    try {
      return { status: call.response.statusCode ?? 0, body: JSON.parse(text) as T };
    } catch (cause) {
      throw new KubeError("Protocol", `${request.path} was answered with something that is not JSON`, {
        cause,
      });
    }
  }

  /** The lines of an endless answer, as a watch gives them; ends when the server ends it. @throws as `request`. */
  async *lines(request: KubeRequest): AsyncGenerator<string, void, void> {
    await using call = await this.#open(request);
    call.headArrived();
    const { response } = call;
    let rest = "";
    try {
      response.setEncoding("utf8");
      for await (const chunk of response) {
        rest += chunk;
        for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
          const line = rest.slice(0, end);
          rest = rest.slice(end + 1);
          if (line !== "") yield line;
        }
      }
    } catch (error) {
      throw call.failure(error);
    }
  }

  async #open(request: KubeRequest): Promise<OpenCall> {
    const first = await this.#send(request);
    if (first.response.statusCode !== 401) return first.unlessRefused();
    // A rotated token may be on the disk already.
    await first[Symbol.asyncDispose]();
    this.#connection.forget();
    return (await this.#send(request)).unlessRefused();
  }

  async #send(request: KubeRequest): Promise<OpenCall> {
    request.signal?.throwIfAborted();
    const { agent, headers } = await this.#connection.access().catch((cause: unknown) => {
      throw new KubeError("Unreachable", `cannot read the credentials: ${messageOf(cause)}`, { cause });
    });
    const deadline = new AbortController();
    const timer = new AbortController();
    const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
    this.#clock.sleep(timeoutMs, timer.signal).then(
      () => deadline.abort(new KubeError("Timeout", `${request.path}: no answer within ${timeoutMs} ms`)),
      () => {},
    );
    const signal = request.signal ? AbortSignal.any([request.signal, deadline.signal]) : deadline.signal;
    const url = new URL(this.#connection.server + request.path);
    for (const [name, value] of Object.entries(request.query ?? {}))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const sent: Record<string, string> = {
      ...headers,
      "user-agent": this.#userAgent,
      accept: request.accept ?? "application/json",
    };
    if (request.body !== undefined) {
      sent["content-type"] = request.contentType ?? "application/json";
      sent["content-length"] = String(Buffer.byteLength(request.body));
    }
    try {
      const response = await exchange(
        url,
        { method: request.method ?? "GET", agent, signal, headers: sent },
        request.body,
      );
      return new OpenCall(request, response, signal, timer);
    } catch (error) {
      timer.abort();
      throw failureOf(request, signal, error);
    }
  }
}

/** An answer whose head has arrived. Disposing gives the connection back, or closes it when the body was not read. */
class OpenCall implements AsyncDisposable {
  readonly response: IncomingMessage;
  readonly #request: KubeRequest;
  readonly #signal: AbortSignal;
  readonly #timer: AbortController;

  constructor(request: KubeRequest, response: IncomingMessage, signal: AbortSignal, timer: AbortController) {
    this.#request = request;
    this.response = response;
    this.#signal = signal;
    this.#timer = timer;
  }

  /** The time limit is not for the body. */
  headArrived(): void {
    this.#timer.abort();
  }

  /** @throws KubeError for every status that is not success. */
  async unlessRefused(): Promise<this> {
    const status = this.response.statusCode ?? 0;
    if (status >= 200 && status < 300) return this;
    throw errorOfBody(await this.run(readText(this.response)), status, this.response.headers["retry-after"]);
  }

  async run<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.failure(error);
    }
  }

  failure(error: unknown): unknown {
    return failureOf(this.#request, this.#signal, error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer.abort();
    if (!this.response.readableEnded) this.response.destroy();
  }
}

function failureOf(request: KubeRequest, signal: AbortSignal, error: unknown): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof KubeError) return error;
  return new KubeError("Unreachable", `${request.path}: ${messageOf(error)}`, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

async function readText(response: IncomingMessage): Promise<string> {
  let text = "";
  response.setEncoding("utf8");
  for await (const chunk of response) text += chunk;
  return text;
}
