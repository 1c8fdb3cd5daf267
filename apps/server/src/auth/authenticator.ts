import type { ResourceOf } from "@heddle/api";
import type { Store } from "@heddle/store";
import { ServerError } from "../server-error.ts";
import { boundRoles } from "./bound-roles.ts";
import type { Actor } from "./permissions.ts";

/** How long a token that was found good is believed; one revoked at another replica works this long at most. */
const believedMs = 5_000;
const rememberedAtMost = 10_000;

export interface AuthenticatorOptions {
  readonly store: Pick<Store, "apiTokens">;
  /** The RoleBindings there are now. */
  readonly bindings: () => Iterable<ResourceOf<"RoleBinding">>;
  readonly now?: () => number;
}

/** Turns the `Authorization` header into an actor. */
export class Authenticator {
  readonly #store: AuthenticatorOptions["store"];
  readonly #bindings: AuthenticatorOptions["bindings"];
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly actor: Actor; readonly until: number }>();

  constructor({ store, bindings, now = Date.now }: AuthenticatorOptions) {
    this.#store = store;
    this.#bindings = bindings;
    this.#now = now;
  }

  /** @throws ServerError UNAUTHENTICATED; StoreError when the database does not answer */
  async authenticate(header: string | undefined): Promise<Actor> {
    const secret = /^Bearer\s+(\S{1,512})$/i.exec(header ?? "")?.[1];
    if (secret === undefined)
      throw new ServerError(
        "UNAUTHENTICATED",
        "send a token as `Authorization: Bearer TOKEN`: `heddle login` stores one",
      );
    const known = this.#known.get(secret);
    if (known !== undefined && known.until > this.#now()) return known.actor;
    const token = await this.#store.apiTokens.verify(secret);
    if (token === undefined) {
      this.#known.delete(secret);
      throw new ServerError(
        "UNAUTHENTICATED",
        "the token is unknown, revoked or expired: log in with another",
      );
    }
    const { name, roles, workspaces, expiresAt } = token;
    const now = this.#now();
    const bound = boundRoles(this.#bindings(), name, now);
    const actor: Actor = { name: `token:${name}`, roles, workspaces, bound };
    if (this.#known.size >= rememberedAtMost) this.#known.clear();
    const expires = expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);
    this.#known.set(secret, { actor, until: Math.min(now + believedMs, expires) });
    return actor;
  }

  /** Believes nothing any more: a token was revoked here, or role bindings changed. */
  forget(): void {
    this.#known.clear();
  }
}
