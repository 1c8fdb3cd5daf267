import { Backoff } from "../backoff.ts";
import type { KubeClient } from "../client/client.ts";
import type { Discovery } from "../client/discovery.ts";
import { KubeError } from "../client/kube-error.ts";
import type { Resource } from "../client/resource.ts";
import { type Clock, type Random, systemClock } from "../clock.ts";
import type { KubeObject } from "../kube-object.ts";
import { type Delta, DeltaBatch } from "./delta-batch.ts";
import { listPages, type Selection } from "./list-pages.ts";
import { watchEvents } from "./watch-events.ts";

export type ReflectorState = "resolving" | "missing" | "listing" | "watching" | "stopped";

export interface ReflectorOptions<T> extends Selection {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly apiVersion: string;
  readonly kind: string;
  /** Makes the little that is kept of a raw object; undefined for an object that is of no interest. Must keep no part of it by reference. */
  readonly project: (object: KubeObject) => T | undefined;
  /** Keys are `namespace/name`, or `name` alone for cluster-scoped objects. Must not throw. */
  readonly onDelta: (delta: Delta<T>) => void;
  /** Told of each failure; the reflector goes on by itself. */
  readonly onFailure?: (error: unknown) => void;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly pageSize?: number;
  readonly batchMs?: number;
  readonly hungAfterMs?: number;
  readonly missingPollMs?: number;
}

/**
 * Follows all objects of one kind for as long as `run` lasts. It keeps one resource version a key and nothing of the objects. `README.md` has
 * the state machine.
 */
export class Reflector<T> {
  readonly #options: ReflectorOptions<T>;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #backoff: Backoff;
  readonly #batch: DeltaBatch<T>;
  readonly #synced = Promise.withResolvers<void>();
  /** Resource version by key, of every object that exists, also those of no interest. */
  readonly #versions = new Map<string, string>();
  #state: ReflectorState = "resolving";
  #resourceVersion: string | undefined;
  #missedInARow = 0;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#backoff = new Backoff({ baseMs: 500, capMs: 30_000, random: this.#random });
    this.#batch = new DeltaBatch({
      clock: this.#clock,
      windowMs: options.batchMs ?? 50,
      maxChanges: 1_000,
      emit: options.onDelta,
    });
  }

  get state(): ReflectorState {
    return this.#state;
  }

  get size(): number {
    return this.#versions.size;
  }

  /** Resolves once everything that existed at some moment was handed over, or the kind was found not to exist. Never rejects. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** Resolves when the signal is aborted; nothing is handed over after that. Call once. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) await this.#step(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#state = "stopped";
      this.#batch.discard();
    }
  }

  async #step(signal: AbortSignal): Promise<void> {
    const { discovery, apiVersion, kind } = this.#options;
    try {
      if (this.#resourceVersion === undefined) this.#state = "resolving";
      const resource = await discovery.resourceFor(apiVersion, kind);
      if (!resource) return await this.#missing(signal);
      this.#missedInARow = 0;
      if (this.#resourceVersion === undefined) await this.#list(resource, signal);
      else await this.#watch(resource, this.#resourceVersion, signal);
    } catch (error) {
      signal.throwIfAborted();
      this.#options.onFailure?.(error);
      await this.#recover(error, signal);
    }
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const known = error instanceof KubeError ? error : undefined;
    if (known?.code === "Gone") {
      const expiredWatch = this.#state === "watching";
      this.#resourceVersion = undefined;
      // A list that expired again and again must not be repeated at full speed.
      if (expiredWatch) return;
    }
    if (known?.code === "NotFound") {
      this.#resourceVersion = undefined;
      this.#options.discovery.invalidate();
    }
    await this.#clock.sleep(this.#backoff.next(known?.retryAfterMs), signal);
  }

  /** Objects are gone with their kind, but only when the API server has said so twice: a starting one may not know all kinds yet. */
  async #missing(signal: AbortSignal): Promise<void> {
    this.#state = "missing";
    this.#resourceVersion = undefined;
    this.#missedInARow += 1;
    if (this.#missedInARow >= 2 || this.#versions.size === 0) {
      for (const key of this.#versions.keys()) this.#delete(key);
      this.#batch.flush();
      this.#synced.resolve();
    }
    await this.#clock.sleep(this.#options.missingPollMs ?? 30_000, signal);
  }

  async #list(resource: Resource, signal: AbortSignal): Promise<void> {
    this.#state = "listing";
    const seen = new Set<string>();
    let resourceVersion: string | undefined;
    const { client, pageSize } = this.#options;
    const pages = listPages(client, resource, this.#options, { signal, ...(pageSize ? { pageSize } : {}) });
    for await (const page of pages) {
      resourceVersion = page.resourceVersion;
      for (const object of page.items) {
        const key = keyOf(object);
        seen.add(key);
        if (this.#versions.get(key) !== object.metadata.resourceVersion) this.#upsert(key, object);
      }
    }
    for (const key of this.#versions.keys()) if (!seen.has(key)) this.#delete(key);
    this.#resourceVersion = resourceVersion;
    this.#backoff.reset();
    this.#batch.flush();
    this.#synced.resolve();
  }

  async #watch(resource: Resource, resourceVersion: string, signal: AbortSignal): Promise<void> {
    this.#state = "watching";
    const started = this.#clock.now();
    let events = 0;
    for await (const { type, object } of watchEvents(this.#options.client, resource, this.#options, {
      resourceVersion,
      timeoutSeconds: Math.round(240 + 120 * this.#random()),
      hungAfterMs: this.#options.hungAfterMs ?? 120_000,
      clock: this.#clock,
      signal,
    })) {
      events += 1;
      this.#backoff.reset();
      this.#resourceVersion = object.metadata.resourceVersion ?? this.#resourceVersion;
      if (type === "BOOKMARK") continue;
      const key = keyOf(object);
      if (type === "DELETED") this.#delete(key);
      else this.#upsert(key, object);
    }
    // A server that ends every watch at once is not asked again at full speed.
    if (events === 0 && this.#clock.now() - started < 1_000)
      await this.#clock.sleep(this.#backoff.next(), signal);
  }

  #upsert(key: string, object: KubeObject): void {
    const known = this.#versions.has(key);
    this.#versions.set(key, object.metadata.resourceVersion ?? "");
    const value = this.#options.project(object);
    if (value !== undefined) this.#batch.upsert(key, value);
    else if (known) this.#batch.delete(key);
  }

  #delete(key: string): void {
    if (this.#versions.delete(key)) this.#batch.delete(key);
  }
}

function keyOf({ metadata }: KubeObject): string {
  return metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
}
