import { createClient } from "graphql-ws";
import WebSocket from "ws";
import type { Context } from "../config/contexts.ts";

/** Events of one subscription until the signal is aborted; lost connections come back by themselves. */
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
    shouldRetry: () => !signal.aborted,
  });
  const events = client.iterate<T>({ query, variables });
  signal.addEventListener("abort", () => void client.dispose());
  return (async function* () {
    for await (const { data } of events) if (data != null) yield data;
  })();
}
