import type { IncomingMessage } from "node:http";
import { denial, isAllowed, type RoleSource } from "../auth/rbac.ts";
import { serviceAccountGroups, type Tokens } from "../auth/tokens.ts";
import { anonymous, type User } from "../auth/user.ts";
import { forbidden, unauthorized } from "../errors/refusals.ts";

interface Sources {
  readonly tokens: Tokens;
  readonly roles: RoleSource;
}

/** Who makes a request, by bearer token; nobody's is anonymous. Throws 401 for a token that is not known. */
export function authenticate(sources: Sources, incoming: IncomingMessage): User {
  const header = incoming.headers.authorization;
  if (header === undefined) return anonymous;
  const user = sources.tokens.find(header.replace(/^Bearer\s+/i, ""));
  if (user === undefined) throw unauthorized();
  return impersonate(sources, user, incoming);
}

/** The user that a request is made for: `Impersonate-User` and `Impersonate-Group`, for those who may. */
function impersonate(sources: Sources, user: User, { headersDistinct }: IncomingMessage): User {
  const [name] = headersDistinct["impersonate-user"] ?? [];
  if (name === undefined) return user;
  const groups = headersDistinct["impersonate-group"] ?? serviceAccountGroups(name);
  for (const [resource, target] of [["users", name], ...groups.map((group) => ["groups", group])] as const) {
    const wanted = { verb: "impersonate", group: "", resource, subresource: "", namespace: "", name: target };
    if (!isAllowed(user, wanted, sources.roles)) {
      throw forbidden({ group: "", plural: resource, kind: "" }, target, denial(user, wanted));
    }
  }
  return { name, groups: [...new Set([...groups, "system:authenticated"])] };
}
