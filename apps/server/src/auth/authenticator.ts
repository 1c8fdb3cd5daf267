import type { Store } from "@heddle/store";
import { ServerError } from "../server-error.ts";
import type { Actor } from "./permissions.ts";

/** How long a token that was found good is believed; a revoked one works this long at most. */
const believedMs = 5_000;
const rememberedAtMost = 10_000;

/** Turns the `Authorization` header into an actor. */
export class Authenticator {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly actor: Actor; readonly until: number }>();

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
  }

  /** @throws ServerError UNAUTHENTICATED */
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
    const actor: Actor = { name: `token:${token.name}`, roles: token.roles, workspaces: token.workspaces };
    if (this.#known.size >= rememberedAtMost) this.#known.clear();
    this.#known.set(secret, { actor, until: this.#now() + believedMs });
    return actor;
  }

  /** Believes nothing any more; after a token was revoked here. */
  forget(): void {
    this.#known.clear();
  }
}
