import { type Client, type CloseCode, createClient } from "graphql-ws";
import WebSocket from "ws";

export interface Answer {
  readonly status: number;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  };
}

/** Speaks with a server as a client does, without hiding anything of its answers. */
export class ApiClient {
  readonly #url: string;
  readonly #token: string | undefined;

  constructor(url: string, token: string | undefined) {
    this.#url = url;
    this.#token = token;
  }

  async post(body: string, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(new URL("/graphql", this.#url), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
        ...headers,
      },
      body,
    });
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  }

  ask(query: string, variables: object = {}): Promise<Answer> {
    return this.post(JSON.stringify({ query, variables }));
  }

  /** The data of a request that must succeed. */
  async data<T>(query: string, variables: object = {}): Promise<T> {
    const { body } = await this.ask(query, variables);
    if (body.errors) throw new Error(JSON.stringify(body.errors));
    return body.data as T;
  }

  /** The code of a request that must fail. */
  async code(query: string, variables: object = {}): Promise<string | undefined> {
    return (await this.ask(query, variables)).body.errors?.[0]?.extensions.code;
  }

  get(path: string): Promise<Response> {
    return fetch(new URL(path, this.#url), {
      headers: this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` },
    });
  }

  /** What a subscription says, and how its connection ended. */
  subscribe<T>(query: string, variables: Record<string, unknown> = {}) {
    const events: T[] = [];
    const errors: string[] = [];
    const closed = Promise.withResolvers<{ readonly code: CloseCode | number; readonly reason: string }>();
    const connected = Promise.withResolvers<void>();
    const client: Client = createClient({
      url: new URL("/graphql", this.#url).href.replace(/^http/, "ws"),
      webSocketImpl: WebSocket,
      connectionParams: this.#token === undefined ? {} : { Authorization: `Bearer ${this.#token}` },
      retryAttempts: 0,
      on: {
        connected: () => connected.resolve(),
        closed: (event) => closed.resolve(event as { code: number; reason: string }),
      },
    });
    client.subscribe<T>(
      { query, variables },
      {
        next({ data, errors: told }) {
          if (data != null) events.push(data);
          for (const { message } of told ?? []) errors.push(message);
        },
        error: (error) => {
          if (Array.isArray(error)) errors.push(...error.map(({ message }) => String(message)));
        },
        complete: () => undefined,
      },
    );
    return {
      events,
      errors,
      closed: closed.promise,
      connected: connected.promise,
      end: () => client.dispose(),
    };
  }
}
