import type { Resource, ResourceKey, RoleSpec, Verb } from "@heddle/api";
import { defaultWorkspace } from "@heddle/api";
import { ServerError } from "../server-error.ts";

type Rules = RoleSpec["rules"];

const reading: Verb[] = ["get", "list", "watch", "plan"];

/** Roles that exist without a Role resource. */
const builtIn: Readonly<Record<string, Rules>> = {
  admin: [{ verbs: ["*"], kinds: ["*"], workspaces: ["*"] }],
  editor: [{ verbs: [...reading, "apply", "delete"], kinds: ["*"], workspaces: ["*"] }],
  viewer: [{ verbs: reading, kinds: ["*"], workspaces: ["*"] }],
};

/** Kinds that decide who may do what; only the built-in role `admin` may write them, so that an editor cannot make itself one. */
const guarded: ReadonlySet<string> = new Set(["Role", "RoleBinding", "Workspace", "Token"]);

/** Who asks. */
export interface Actor {
  readonly name: string;
  readonly roles: readonly string[];
  /** Empty: every workspace that the roles allow. */
  readonly workspaces: readonly string[];
}

export interface Request {
  readonly verb: Verb;
  readonly kind: string;
  readonly workspace?: string | undefined;
  readonly name?: string | undefined;
}

/** Whether an actor may do something, by the built-in roles and the Role resources there are. */
export function allows(
  actor: Actor,
  request: Request,
  resources: ReadonlyMap<ResourceKey, Resource>,
): boolean {
  const { verb, kind, workspace = defaultWorkspace, name } = request;
  if (actor.workspaces.length > 0 && !actor.workspaces.includes(workspace)) return false;
  if (guarded.has(kind) && !reading.includes(verb) && !actor.roles.includes("admin")) return false;
  return actor.roles.some((role) =>
    rulesOf(role, resources).some(
      (rule) =>
        has(rule.verbs, verb) &&
        has(rule.kinds, kind) &&
        has(rule.workspaces, workspace) &&
        (rule.names === undefined || (name !== undefined && rule.names.includes(name))),
    ),
  );
}

/** @throws ServerError FORBIDDEN */
export function demand(actor: Actor, request: Request, resources: ReadonlyMap<ResourceKey, Resource>): void {
  if (allows(actor, request, resources)) return;
  const what = request.name === undefined ? request.kind : `${request.kind} ${request.name}`;
  throw new ServerError(
    "FORBIDDEN",
    `${actor.name} may not ${request.verb} ${what} in workspace ${request.workspace ?? defaultWorkspace}: ask an administrator for a role that may`,
  );
}

function rulesOf(role: string, resources: ReadonlyMap<ResourceKey, Resource>): Rules {
  const own = builtIn[role];
  if (own !== undefined) return own;
  const resource = resources.get(`Role/${defaultWorkspace}/${role}`);
  return resource?.kind === "Role" ? resource.spec.rules : [];
}

function has(list: readonly string[], wanted: string): boolean {
  return list.includes("*") || list.includes(wanted);
}
