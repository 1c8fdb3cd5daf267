import type { AgentCertificate } from "../agent-certificate.ts";
import { RelayError } from "../relay-error.ts";
import type { LiveSession } from "./relay-session.ts";

/** A certificate, or all of a cluster. */
export type RevocationTarget = { readonly serial: string } | { readonly clusterUid: string };

/** A stream that is not a session yet. */
export interface Arrival {
  /** Throws `RELAY_REVOKED` if its certificate was revoked since it arrived. */
  check(): void;
  /** To be called when it became a session or failed. */
  done(): void;
}

/** The live sessions, one a cluster, and who is about to become one. */
export class SessionRegistry {
  readonly #byCluster = new Map<string, LiveSession>();
  readonly #arriving = new Set<{ readonly certificate: AgentCertificate; revoked: boolean }>();

  /** Between the authority's answer and the session lies time in which the certificate may be revoked: arrivals remember it. */
  arrive(certificate: AgentCertificate): Arrival {
    const arrival = { certificate, revoked: false };
    this.#arriving.add(arrival);
    return {
      check() {
        if (arrival.revoked) throw new RelayError("RELAY_REVOKED");
      },
      done: () => void this.#arriving.delete(arrival),
    };
  }

  /** The newest stream of a cluster wins; returns the one it replaces. */
  add(session: LiveSession): LiveSession | undefined {
    const older = this.#byCluster.get(session.cluster.uid);
    this.#byCluster.set(session.cluster.uid, session);
    return older;
  }

  remove(session: LiveSession): void {
    if (this.#byCluster.get(session.cluster.uid) === session) this.#byCluster.delete(session.cluster.uid);
  }

  /** Closes what is live and turns away what is arriving; returns how many sessions it closed. */
  revoke(target: RevocationTarget): number {
    const hit = ({ certificate }: { readonly certificate: AgentCertificate }) =>
      "serial" in target
        ? certificate.serial === target.serial
        : certificate.clusterUid === target.clusterUid;
    for (const arrival of this.#arriving) arrival.revoked ||= hit(arrival);
    const sessions = [...this.#byCluster.values()].filter(hit);
    for (const session of sessions) session.close("RELAY_REVOKED");
    return sessions.length;
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
