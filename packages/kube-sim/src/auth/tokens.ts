import { randomBytes, randomUUID } from "node:crypto";
import type { User } from "./user.ts";

interface Issued {
  readonly user: User;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** Bearer tokens and whom they stand for. Tokens are opaque and live in memory only. */
export class Tokens {
  readonly #known = new Map<string, Issued>();
  readonly adminToken: string;

  constructor(initial: Readonly<Record<string, { user: string; groups?: readonly string[] }>>) {
    this.adminToken = randomBytes(24).toString("base64url");
    this.add(this.adminToken, { name: "admin", groups: ["system:masters"] });
    for (const [token, { user, groups }] of Object.entries(initial)) {
      this.add(token, { name: user, groups: groups ?? [] });
    }
  }

  add(token: string, user: User, expires = Number.POSITIVE_INFINITY): void {
    this.#known.set(token, { user: { ...user, groups: [...user.groups, "system:authenticated"] }, expires });
  }

  /** A new token for a user that lasts until a time in milliseconds since the epoch. */
  issue(user: User, expires: number): string {
    const token = `sim.${randomUUID()}.${randomBytes(16).toString("base64url")}`;
    this.add(token, user, expires);
    return token;
  }

  find(token: string): User | undefined {
    const issued = this.#known.get(token);
    return issued !== undefined && issued.expires > Date.now() ? issued.user : undefined;
  }

  /** A token of this user, issued when there is none yet. */
  tokenOf(name: string): string {
    for (const [token, { user, expires }] of this.#known) {
      if (user.name === name && expires === Number.POSITIVE_INFINITY) return token;
    }
    return this.issue({ name, groups: [] }, Number.POSITIVE_INFINITY);
  }
}

/** The user that a service account is. */
export function serviceAccountUser(namespace: string, account: string): User {
  const name = `system:serviceaccount:${namespace}:${account}`;
  return { name, groups: serviceAccountGroups(name) };
}

/** The groups that a user is in because of being a service account. */
export function serviceAccountGroups(user: string): string[] {
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(user) ?? [];
  return namespace === undefined ? [] : ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
}
