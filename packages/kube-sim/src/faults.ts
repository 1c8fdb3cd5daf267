/** Which requests a fault is for; what is left out matches all. */
export interface FaultMatch {
  /** RBAC verb: get, list, watch, create, update, patch, delete, deletecollection. */
  readonly verb?: string;
  /** Plural, with `/subresource` where the fault is for a subresource. */
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly user?: string;
}

/** A refusal with a metav1.Status; `retryAfter` is in seconds and sent as the header too. */
export interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly message?: string;
  readonly retryAfter?: number;
}

/**
 * What goes wrong. `respond` concerns requests as they arrive: a refusal, a delay in milliseconds before the normal
 * answer, a connection that is reset, or no answer ever. `watch` concerns watches, those that run when the fault is
 * added and those that start later: cut off, silent from now on, or ended with 410 Gone.
 */
export interface Fault {
  readonly match?: FaultMatch;
  /** How many requests or watches it strikes; without it, all until it is removed. */
  readonly times?: number;
  readonly respond?: Refusal | { readonly delayMs: number } | "reset" | "hang";
  readonly watch?: WatchFault;
}
export type WatchFault = "drop" | "hang" | "gone";

/** A request as faults see it. */
export interface FaultSubject {
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: string;
}

export interface AddedFault {
  /** How many requests or watches it has struck. */
  readonly struck: number;
  remove(): void;
}

interface Active extends AddedFault {
  readonly fault: Fault;
  struck: number;
}

interface RunningWatch {
  readonly subject: FaultSubject;
  strike(fault: WatchFault): void;
}

/** The faults of one server, in the order in which they were added; the first that matches strikes. */
export class Faults {
  #active: Active[] = [];
  readonly #watches = new Set<RunningWatch>();

  add(fault: Fault): AddedFault {
    const active: Active = { fault, struck: 0, remove: () => this.#remove(active) };
    this.#active.push(active);
    if (fault.watch !== undefined) {
      for (const watch of [...this.#watches]) this.#strikeWatch(watch, active);
    }
    return active;
  }

  clear(): void {
    this.#active = [];
  }

  /** What happens to a request that has just arrived. */
  strike(subject: FaultSubject): Fault["respond"] {
    const found = this.#active.find(
      (active) => active.fault.respond !== undefined && this.#fits(active, subject),
    );
    if (found === undefined) return undefined;
    found.struck++;
    return found.fault.respond;
  }

  /** Makes a watch known while it runs; call the result when it ends. */
  register(watch: RunningWatch): () => void {
    this.#watches.add(watch);
    const found = this.#active.find(
      (active) => active.fault.watch !== undefined && this.#fits(active, watch.subject),
    );
    if (found !== undefined) this.#strikeWatch(watch, found);
    return () => this.#watches.delete(watch);
  }

  #strikeWatch(watch: RunningWatch, active: Active): void {
    if (active.fault.watch === undefined || !this.#fits(active, watch.subject)) return;
    active.struck++;
    watch.strike(active.fault.watch);
  }

  #fits({ fault, struck }: Active, subject: FaultSubject): boolean {
    if (fault.times !== undefined && struck >= fault.times) return false;
    const { verb, resource, namespace, name, user } = fault.match ?? {};
    return (
      (verb === undefined || verb === subject.verb) &&
      (resource === undefined || resource === subject.resource) &&
      (namespace === undefined || namespace === subject.namespace) &&
      (name === undefined || name === subject.name) &&
      (user === undefined || user === subject.user)
    );
  }

  #remove(active: Active): void {
    this.#active = this.#active.filter((other) => other !== active);
  }
}
