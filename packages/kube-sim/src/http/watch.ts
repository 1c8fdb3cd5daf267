import type { ServerResponse } from "node:http";
import { badRequest, expired, invalid } from "../errors/refusals.ts";
import type { FaultSubject, Faults, WatchFault } from "../faults.ts";
import type { JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { apiVersionOf, type Call } from "../operations/call.ts";
import type { Cluster } from "../operations/cluster.ts";
import { checkNotAhead, selectionOf } from "../operations/list.ts";
import type { Match } from "../store/selectors.ts";
import type { Change, Table, TableListener } from "../store/store.ts";
import type { Wanted } from "./negotiate.ts";
import { partial, table as toTable } from "./present.ts";
import { isTrue } from "./request-info.ts";

/** A client that reads this much slower than events come, in bytes, is cut off. */
const maxBufferedBytes = 16 * 1024 * 1024;

export interface WatchRequest {
  readonly call: Call;
  readonly query: URLSearchParams;
  readonly wanted: Wanted;
  readonly subject: FaultSubject;
}

/** The running watches of one server: they share the bookmark timer and are ended together. */
export class Watches {
  readonly #cluster: Cluster;
  readonly #faults: Faults;
  readonly #running = new Set<Watch>();
  readonly #bookmarks: NodeJS.Timeout;
  #held = false;

  constructor(cluster: Cluster, faults: Faults, bookmarkIntervalMs: number) {
    this.#cluster = cluster;
    this.#faults = faults;
    this.#bookmarks = setInterval(() => {
      for (const watch of this.#running) watch.bookmark();
    }, bookmarkIntervalMs);
    this.#bookmarks.unref();
  }

  /** Starts a watch on a response; throws before anything is written when the request is wrong. */
  start(request: WatchRequest, response: ServerResponse): void {
    const watch = new Watch(this.#cluster, request, response);
    watch.open();
    if (this.#held) watch.hold(true);
    this.#running.add(watch);
    const unregister = this.#faults.register(watch);
    response.once("close", () => {
      this.#running.delete(watch);
      unregister();
      watch.stop();
    });
  }

  /** While held, events are kept back. */
  hold(held: boolean): void {
    this.#held = held;
    for (const watch of this.#running) watch.hold(held);
  }

  close(): void {
    clearInterval(this.#bookmarks);
  }
}

class Watch implements TableListener {
  readonly subject: FaultSubject;
  readonly #cluster: Cluster;
  readonly #call: Call;
  readonly #wanted: Wanted;
  readonly #include: string;
  readonly #response: ServerResponse;
  readonly #matches: Match | undefined;
  readonly #apiVersion: string;
  readonly #bookmarksAllowed: boolean;
  readonly #query: URLSearchParams;
  readonly #table: Table;
  readonly #timers: NodeJS.Timeout[] = [];
  #kept: string[] | undefined;
  #silent = false;
  #first = true;

  constructor(cluster: Cluster, { call, query, wanted, subject }: WatchRequest, response: ServerResponse) {
    this.subject = subject;
    this.#cluster = cluster;
    this.#call = call;
    this.#wanted = wanted;
    this.#query = query;
    this.#include = query.get("includeObject") ?? "Metadata";
    this.#response = response;
    this.#matches = selectionOf(call, query);
    this.#apiVersion = apiVersionOf(call);
    this.#bookmarksAllowed = isTrue(query.get("allowWatchBookmarks") ?? "false");
    this.#table = cluster.store.table(call.resource);
  }

  open(): void {
    const asked = this.#query.get("resourceVersion") ?? "";
    if (asked !== "" && !/^\d+$/.test(asked)) {
      throw badRequest(`Invalid value: "${asked}": resourceVersion is not a number`);
    }
    const initial = checkInitialEvents(this.#query);
    const since = Number(asked || 0);
    checkNotAhead(since, this.#cluster.store.revision);
    const seconds = Number(this.#query.get("timeoutSeconds") ?? 0) || 1800 + Math.random() * 1800;
    this.#response.writeHead(200, {
      "content-type":
        this.#wanted.as === undefined ? "application/json" : `application/json;as=${this.#wanted.as}`,
      "cache-control": "no-cache, private",
    });
    this.#response.flushHeaders();
    const replay = since > 0 && initial !== true;
    if (replay && since < this.#table.floor) {
      this.#gone(since);
      return;
    }
    if (replay) {
      for (const change of this.#table.changes) if (change.revision > since) this.onChange(change);
    } else if (initial !== false) {
      for (const entry of this.#table.sorted()) {
        if (this.#matches?.(entry.object) === false) continue;
        this.#send("ADDED", entry.as(this.#apiVersion), entry.json(this.#apiVersion));
      }
    }
    if (initial === true && this.#bookmarksAllowed) this.bookmark({ "k8s.io/initial-events-end": "true" });
    this.#table.listeners.add(this);
    this.#timers.push(setTimeout(() => this.#end(), seconds * 1000));
    // The real server sends a bookmark two seconds before it ends a watch.
    if (seconds > 2) this.#timers.push(setTimeout(() => this.bookmark(), (seconds - 2) * 1000));
    for (const timer of this.#timers) timer.unref();
  }

  stop(): void {
    this.#table.listeners.delete(this);
    for (const timer of this.#timers) clearTimeout(timer);
  }

  hold(held: boolean): void {
    const kept = this.#kept;
    this.#kept = held ? (kept ?? []) : undefined;
    if (!held && kept !== undefined) for (const line of kept) this.#write(line);
  }

  strike(fault: WatchFault): void {
    if (fault === "hang") this.#silent = true;
    else if (fault === "drop") this.#response.destroy();
    else this.#gone(1);
  }

  bookmark(annotations?: JsonObject): void {
    if (!this.#bookmarksAllowed) return;
    const { kind } = this.#call.resource;
    const resourceVersion = String(this.#cluster.store.revision);
    const metadata: JsonObject =
      annotations === undefined ? { resourceVersion } : { resourceVersion, annotations };
    this.#send("BOOKMARK", { kind, apiVersion: this.#apiVersion, metadata }, undefined);
  }

  onDrop(): void {
    this.#end();
  }

  onChange(change: Change): void {
    const { entry, previous } = change;
    let { type } = change;
    if (this.#matches !== undefined) {
      const before = previous !== undefined && this.#matches(previous.object);
      const now = type !== "DELETED" && this.#matches(entry.object);
      if (!before && !now) return;
      if (before && !now && type !== "DELETED") {
        // Left the selection: the last state that was in it, at the new revision.
        const last = previous.as(this.#apiVersion);
        const metadata = { ...last.metadata, resourceVersion: String(change.revision) };
        this.#send("DELETED", { ...last, metadata }, undefined);
        return;
      }
      type = now ? (before ? "MODIFIED" : "ADDED") : "DELETED";
    }
    this.#send(type, entry.as(this.#apiVersion), entry.json(this.#apiVersion));
  }

  #send(type: string, object: KubeObject, json: string | undefined): void {
    this.#write(
      `{"type":"${type}","object":${this.#shown(type, object) ?? json ?? JSON.stringify(object)}}\n`,
    );
  }

  /** The object in another form, where the client asked for one. */
  #shown(type: string, object: KubeObject): string | undefined {
    if (this.#wanted.as === "PartialObjectMetadata") return JSON.stringify(partial(object));
    if (this.#wanted.as !== "Table") return undefined;
    const metadata = { resourceVersion: object.metadata["resourceVersion"] ?? "" };
    const definitions = this.#first;
    this.#first = false;
    const rows = type === "BOOKMARK" ? [] : [object];
    return JSON.stringify(toTable(this.#call, rows, metadata, { include: this.#include, definitions }));
  }

  #write(line: string): void {
    if (this.#silent) return;
    if (this.#kept !== undefined) this.#kept.push(line);
    else if (this.#response.writableLength > maxBufferedBytes) this.#response.destroy();
    else this.#response.write(line);
  }

  #gone(since: number): void {
    const status = expired(`too old resource version: ${since} (${this.#table.floor})`).toStatus();
    this.#write(`{"type":"ERROR","object":${JSON.stringify(status)}}\n`);
    this.#end();
  }

  #end(): void {
    this.stop();
    if (!this.#silent) this.#response.end();
  }
}

/** `sendInitialEvents`, which needs `resourceVersionMatch=NotOlderThan`; throws 422 without it. */
function checkInitialEvents(query: URLSearchParams): boolean | undefined {
  const asked = query.get("sendInitialEvents");
  if (asked === null) return undefined;
  if (query.get("resourceVersionMatch") !== "NotOlderThan") {
    const message = "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
    throw invalid({ group: "meta.k8s.io", plural: "", kind: "ListOptions" }, "", [
      { reason: "FieldValueForbidden", field: "resourceVersionMatch", message },
    ]);
  }
  return isTrue(asked);
}
