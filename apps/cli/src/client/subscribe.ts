import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { CliError } from "../cli-error.ts";
import type { Context } from "../config/contexts.ts";

/** Close code of a connection whose token is no good (any more). */
const unauthorized = 4401;

/** Events of one subscription until the signal is aborted; lost connections come back by themselves. @throws CliError when the token is refused */
export function subscribe<T>(
  context: Context,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): AsyncIterable<T> {
  const client = createClient({
    url: new URL("/graphql", context.server).href.replace(/^http/, "ws"),
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: `Bearer ${context.token}` },
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (event) => !signal.aborted && !(isClosing(event) && event.code === unauthorized),
  });
  const events = client.iterate<T>({ query, variables });
  signal.addEventListener("abort", () => void client.dispose());
  return (async function* () {
    try {
      for await (const { data, errors } of events) {
        if (errors !== undefined) throw new CliError(errors.map(({ message }) => message).join("\n"));
        if (data != null) yield data;
      }
    } catch (error) {
      throw refusal(error);
    }
  })();
}

/** graphql-ws throws what the socket gave it: a close event, or a list of GraphQL errors. */
function refusal(error: unknown): unknown {
  if (isClosing(error))
    return new CliError(`UNAUTHENTICATED: ${error.reason || `closed with ${error.code}`}`);
  if (Array.isArray(error)) return new CliError(error.map(({ message }) => String(message)).join("\n"));
  return error;
}

function isClosing(event: unknown): event is { readonly code: number; readonly reason: string } {
  return typeof event === "object" && event !== null && "code" in event && "reason" in event;
}
