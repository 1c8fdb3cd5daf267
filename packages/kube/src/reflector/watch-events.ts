import { type KubeClient, metadataOnly } from "../client/client.ts";
import { type ApiStatus, errorOfStatus, KubeError } from "../client/kube-error.ts";
import { collectionPath, type Resource } from "../client/resource.ts";
import type { Clock } from "../clock.ts";
import type { KubeObject } from "../kube-object.ts";
import type { Selection } from "./list-pages.ts";

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: KubeObject;
}

export interface WatchOptions {
  readonly resourceVersion: string;
  /** After this long the server ends the watch. */
  readonly timeoutSeconds: number;
  /** Silence that is taken for a dead connection; a living one sends a bookmark about every minute. */
  readonly hungAfterMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * The events after a resource version, bookmarks included; returns when the server ends the watch.
 * @throws KubeError: `Gone` when the version is too old, `Timeout` when nothing was heard for too long, and what requests throw.
 */
export async function* watchEvents(
  client: KubeClient,
  resource: Resource,
  selection: Selection,
  options: WatchOptions,
): AsyncGenerator<WatchEvent, void, void> {
  const { clock, hungAfterMs } = options;
  const hung = new AbortController();
  const done = new AbortController();
  let heard = clock.now();
  const guard = async () => {
    for (let left = hungAfterMs; left > 0; left = heard + hungAfterMs - clock.now())
      await clock.sleep(left, done.signal);
    hung.abort(new KubeError("Timeout", `the watch of ${resource.plural} was silent for ${hungAfterMs} ms`));
  };
  guard().catch(() => {});
  try {
    const lines = client.lines({
      path: collectionPath(resource, selection.namespace),
      query: {
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion: options.resourceVersion,
        timeoutSeconds: options.timeoutSeconds,
        labelSelector: selection.labelSelector,
        fieldSelector: selection.fieldSelector,
      },
      ...(selection.metadataOnly ? { accept: metadataOnly } : {}),
      signal: AbortSignal.any([options.signal, hung.signal]),
    });
    for await (const line of lines) {
      heard = clock.now();
      const event = parseEvent(line);
      yield event.type === "BOOKMARK"
        ? event
        : { ...event, object: { ...event.object, apiVersion: resource.apiVersion, kind: resource.kind } };
    }
  } finally {
    done.abort();
  }
}

function parseEvent(line: string): WatchEvent {
  let event: WatchEvent | { type: "ERROR"; object: ApiStatus };
  try {
    event = JSON.parse(line);
  } catch (cause) {
    throw new KubeError("Protocol", "a watch sent something that is not JSON", { cause });
  }
  if (event.type === "ERROR") throw errorOfStatus(event.object, 500);
  return event;
}
