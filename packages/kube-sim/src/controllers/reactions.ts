import { finalizersOf, type KubeObject } from "../json/kube-object.ts";
import type { Cluster } from "../operations/cluster.ts";
import type { Resource } from "../resources/resource.ts";
import type { Change, Entry } from "../store/store.ts";

/** Something that answers changes with changes of its own, after the request that caused them. */
export interface Controller {
  react(change: Change): void;
}

/** Runs the controllers after each change, one at a time and never inside a request. */
export class Reactions {
  readonly #controllers: Controller[] = [];
  #queue: Change[] = [];
  #scheduled = false;
  #closed = false;

  constructor(cluster: Cluster) {
    cluster.store.onChange((change) => {
      this.#queue.push(change);
      this.#schedule();
    });
  }

  add(...controllers: Controller[]): void {
    this.#controllers.push(...controllers);
  }

  /** Works off everything that is queued, also what the controllers cause meanwhile. */
  settle(): void {
    while (this.#queue.length > 0 && !this.#closed) {
      const changes = this.#queue;
      this.#queue = [];
      for (const change of changes) for (const controller of this.#controllers) controller.react(change);
    }
  }

  close(): void {
    this.#closed = true;
  }

  #schedule(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.settle();
    });
  }
}

/** Removes a finalizer; the object goes away with its last one. */
export function dropFinalizer(cluster: Cluster, resource: Resource, entry: Entry, finalizer: string): void {
  const left = finalizersOf(entry.object).filter((name) => name !== finalizer);
  const { finalizers: _old, ...metadata } = entry.object.metadata;
  const object: KubeObject = {
    ...entry.object,
    metadata: left.length > 0 ? { ...metadata, finalizers: left } : metadata,
  };
  const written = cluster.store.write(resource, object);
  if (left.length === 0) cluster.store.remove(resource, written);
}
