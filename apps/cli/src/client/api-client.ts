import { CliError } from "../cli-error.ts";
import type { Context } from "../config/contexts.ts";

interface GraphQLError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}

const timeoutMs = 60_000;

/** Speaks GraphQL with one server. */
export class ApiClient {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  get context(): Context {
    return this.#context;
  }

  /** @throws CliError with what the server says, or that it cannot be reached */
  async query<T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const { server, token } = this.#context;
    let response: Response;
    try {
      response = await fetch(new URL("/graphql", server), {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (cause) {
      throw new CliError(
        `the server ${server} cannot be reached (${reasonOf(cause)}): is it running, and is the address right?`,
        1,
        { cause },
      );
    }
    const body = (await response.json().catch(() => undefined)) as
      | { data?: T; errors?: readonly GraphQLError[] }
      | undefined;
    if (body === undefined)
      throw new CliError(`${server} does not answer like a Heddle server (HTTP ${response.status})`);
    if (body.errors !== undefined && body.errors.length > 0)
      throw new CliError(
        body.errors.map(({ message, extensions }) => `${extensions?.code ?? "ERROR"}: ${message}`).join("\n"),
      );
    return body.data as T;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return "code" in cause ? String(cause.code) : cause.message;
}
