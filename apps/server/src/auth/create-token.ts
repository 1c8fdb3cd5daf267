import type { ApiToken } from "@heddle/store";
import type { ApiContext } from "../graphql/context.ts";
import { ServerError } from "../server-error.ts";
import { demand, isRole } from "./permissions.ts";

export interface TokenRequest {
  readonly name: string;
  readonly roles: readonly string[];
  readonly workspaces: readonly string[];
  /** RFC 3339. */
  readonly expiresAt: string | undefined;
}

/**
 * Makes an API token; an actor that is held to workspaces cannot make one that is not.
 * @throws ServerError FORBIDDEN, BAD_REQUEST
 */
export async function createToken(
  { actor, fleet, store }: Pick<ApiContext, "actor" | "fleet" | "store">,
  { name, roles, workspaces, expiresAt }: TokenRequest,
): Promise<{ readonly token: ApiToken; readonly secret: string }> {
  demand(actor, { verb: "apply", kind: "Token", name }, fleet.resources);
  if (!/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/.test(name))
    throw new ServerError(
      "BAD_REQUEST",
      "a token's name has lower case letters, digits, - and .; 63 at most",
    );
  const unknown = roles.find((role) => !isRole(role, fleet.resources));
  if (unknown !== undefined)
    throw new ServerError(
      "BAD_REQUEST",
      `there is no role ${unknown}: use admin, editor, viewer or a Role resource`,
    );
  const within = actor.workspaces;
  if (within.length > 0 && (workspaces.length === 0 || workspaces.some((one) => !within.includes(one))))
    throw new ServerError("FORBIDDEN", `${actor.name} may make tokens for ${within.join(", ")} only`);
  const expires = expiresAt === undefined ? undefined : Date.parse(expiresAt);
  if (expires !== undefined && !(expires > Date.now()))
    throw new ServerError("BAD_REQUEST", "expiresAt must be a time to come, such as 2030-01-31T18:00:00Z");
  const created = await store.apiTokens.create({
    name,
    roles,
    workspaces,
    ...(expires !== undefined && { expiresAt: new Date(expires).toISOString() }),
  });
  await store.audit.append({
    actor: actor.name,
    action: "token.create",
    target: created.token.id,
    detail: { name, roles, workspaces, expiresAt: created.token.expiresAt },
  });
  return created;
}
