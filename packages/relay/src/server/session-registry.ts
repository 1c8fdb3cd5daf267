import type { LiveSession } from "./relay-session.ts";

/** The live sessions, one a cluster. */
export class SessionRegistry {
  readonly #byCluster = new Map<string, LiveSession>();

  /** The newest stream of a cluster wins; returns the one it replaces. */
  add(session: LiveSession): LiveSession | undefined {
    const older = this.#byCluster.get(session.cluster.uid);
    this.#byCluster.set(session.cluster.uid, session);
    return older;
  }

  remove(session: LiveSession): void {
    if (this.#byCluster.get(session.cluster.uid) === session) this.#byCluster.delete(session.cluster.uid);
  }

  get(clusterUid: string): LiveSession | undefined {
    return this.#byCluster.get(clusterUid);
  }

  get size(): number {
    return this.#byCluster.size;
  }

  values(): IterableIterator<LiveSession> {
    return this.#byCluster.values();
  }
}
