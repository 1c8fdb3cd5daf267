import type { Applier } from "../apply/applier.ts";
import { hashAnnotation, ownedFields, ownedSelector } from "../apply/ownership.ts";
import type { DriftFinding } from "../apply/verify-object.ts";
import { Backoff } from "../backoff.ts";
import type { KubeClient } from "../client/client.ts";
import type { Discovery } from "../client/discovery.ts";
import { type Clock, type Random, systemClock } from "../clock.ts";
import { groupOf, type KubeObject, type ObjectKey, objectKey } from "../kube-object.ts";
import type { Delta } from "../reflector/delta-batch.ts";
import { Reflector } from "../reflector/reflector.ts";

export interface DriftWatchOptions {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly applier: Applier;
  /** Told of each drift, after it was repaired or left. A bundle with one that was left is missing in the applier's inventory. */
  readonly onDrift: (finding: DriftFinding) => void;
  readonly onFailure?: (error: unknown) => void;
  readonly clock?: Clock;
  readonly random?: Random;
}

interface Seen {
  readonly fields: string;
  readonly hash: string | undefined;
  readonly deleting: boolean;
}

/**
 * Watches the metadata of owned objects, of the kinds in use, and has the applier verify each that is not as it was applied. An object that
 * somebody changes again and again is repaired ever more slowly, up to once in five minutes.
 */
export class DriftWatch {
  readonly #options: DriftWatchOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #watched = new Set<string>();
  readonly #pending = new Set<ObjectKey>();
  readonly #fights = new Map<ObjectKey, { backoff: Backoff; last: number }>();

  constructor(options: DriftWatchOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
  }

  /** Watches the kinds that have come into use since the last call; called after each delivery. They are watched until the signal is aborted. */
  follow(signal: AbortSignal): void {
    for (const { object } of this.#options.applier.owned()) {
      const { apiVersion, kind } = object;
      const name = `${apiVersion} ${kind}`;
      if (this.#watched.has(name)) continue;
      this.#watched.add(name);
      this.#follow(apiVersion, kind, signal);
    }
  }

  #follow(apiVersion: string, kind: string, signal: AbortSignal): void {
    const { client, discovery, applier, onFailure } = this.#options;
    const group = groupOf(apiVersion);
    const seen = new Set<ObjectKey>();
    let synced = false;
    const reflector = new Reflector<Seen>({
      client,
      discovery,
      apiVersion,
      kind,
      labelSelector: ownedSelector,
      metadataOnly: true,
      clock: this.#clock,
      random: this.#random,
      batchMs: 200,
      project: (object: KubeObject) => {
        if (!synced) seen.add(objectKey(object));
        const { metadata } = object;
        return {
          fields: ownedFields(metadata),
          hash: metadata.annotations?.[hashAnnotation],
          deleting: metadata.deletionTimestamp !== undefined,
        };
      },
      onDelta: (delta) => this.#compare(group, kind, delta, signal),
      ...(onFailure ? { onFailure } : {}),
    });
    reflector.run(signal).catch((error: unknown) => onFailure?.(error));
    // What was deleted before the watch began has no event.
    reflector.synced.then(() => {
      synced = true;
      for (const { key, object } of applier.owned())
        if (object.apiVersion === apiVersion && object.kind === kind && !seen.has(key))
          this.#verify(key, signal);
      seen.clear();
    });
  }

  #compare(group: string, kind: string, delta: Delta<Seen>, signal: AbortSignal): void {
    const keyOf = (name: string): ObjectKey => {
      const slash = name.indexOf("/");
      return `${group}|${kind}|${name.slice(0, Math.max(0, slash))}|${name.slice(slash + 1)}`;
    };
    for (const [name, seen] of delta.upserts) {
      const key = keyOf(name);
      const applied = this.#options.applier.recorded(key);
      // One whose deletion was told already is of interest again when it is gone.
      const dying = seen.deleting && applied?.suspect === false;
      if (applied && (dying || applied.fields !== seen.fields || applied.hash !== seen.hash))
        this.#verify(key, signal);
    }
    for (const name of delta.deletes) {
      const key = keyOf(name);
      if (this.#options.applier.recorded(key)) this.#verify(key, signal);
    }
  }

  #verify(key: ObjectKey, signal: AbortSignal): void {
    if (this.#pending.has(key) || signal.aborted) return;
    this.#pending.add(key);
    this.#verifyNow(key, signal).catch((error: unknown) => {
      if (!signal.aborted) this.#options.onFailure?.(error);
    });
  }

  async #verifyNow(key: ObjectKey, signal: AbortSignal): Promise<void> {
    const fight = this.#fights.get(key);
    try {
      if (fight && this.#clock.now() - fight.last > 600_000) this.#fights.delete(key);
      else if (fight) await this.#clock.sleep(fight.backoff.next(), signal);
    } finally {
      // From here on a new change is a new question.
      this.#pending.delete(key);
    }
    const finding = await this.#options.applier.verify(key, signal);
    if (!finding) return;
    if (finding.outcome === "repaired") this.#repaired(key);
    this.#options.onDrift(finding);
  }

  #repaired(key: ObjectKey): void {
    const backoff =
      this.#fights.get(key)?.backoff ?? new Backoff({ baseMs: 1_000, capMs: 300_000, random: this.#random });
    this.#fights.set(key, { backoff, last: this.#clock.now() });
  }
}
