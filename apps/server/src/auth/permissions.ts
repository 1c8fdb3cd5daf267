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

/** A role that a RoleBinding gives, in these workspaces only where it says some. */
export interface BoundRole {
  readonly role: string;
  readonly workspaces?: readonly string[];
}

/** Who asks. */
export interface Actor {
  readonly name: string;
  /** Roles of the token itself. */
  readonly roles: readonly string[];
  /** The most that any role reaches; empty: every workspace that the roles allow. */
  readonly workspaces: readonly string[];
  /** Roles that RoleBindings add. */
  readonly bound?: readonly BoundRole[];
}

export interface Request {
  readonly verb: Verb;
  readonly kind: string;
  readonly workspace?: string | undefined;
  readonly name?: string | undefined;
}

type Resources = ReadonlyMap<ResourceKey, Resource>;

/** Whether an actor may do something, by the built-in roles and the Role resources there are. */
export function allows(actor: Actor, request: Request, resources: Resources): boolean {
  const { verb, kind, workspace = defaultWorkspace, name } = request;
  const guards = guarded.has(kind) && !reading.includes(verb);
  return rolesIn(actor, workspace).some(
    (role) =>
      (!guards || role === "admin") &&
      rulesOf(role, resources).some(
        (rule) =>
          has(rule.verbs, verb) &&
          has(rule.kinds, kind) &&
          has(rule.workspaces, workspace) &&
          (rule.names === undefined || (name !== undefined && rule.names.includes(name))),
      ),
  );
}

/** Whether there may be anything of the kind and workspace (undefined: of any) that the actor may read so. */
export function allowsSome(
  actor: Actor,
  { verb, kind, workspace }: { readonly verb: Verb } & Partial<Record<"kind" | "workspace", string>>,
  resources: Resources,
): boolean {
  return rolesIn(actor, workspace).some((role) =>
    rulesOf(role, resources).some(
      (rule) =>
        has(rule.verbs, verb) &&
        (kind === undefined || has(rule.kinds, kind)) &&
        (workspace === undefined || has(rule.workspaces, workspace)),
    ),
  );
}

/** @throws ServerError FORBIDDEN */
export function demand(actor: Actor, request: Request, resources: Resources): void {
  if (!allows(actor, request, resources)) throw forbidden(actor, request);
}

/** @throws ServerError FORBIDDEN */
export function demandSome(
  actor: Actor,
  request: Parameters<typeof allowsSome>[1],
  resources: Resources,
): void {
  if (!allowsSome(actor, request, resources)) throw forbidden(actor, request);
}

/** Whether a role of this name exists without a Role resource. */
export function isBuiltInRole(name: string): boolean {
  return Object.hasOwn(builtIn, name);
}

/** Whether a role of this name exists. */
export function isRole(name: string, resources: Resources): boolean {
  return isBuiltInRole(name) || resources.has(`Role/${defaultWorkspace}/${name}`);
}

function forbidden(
  actor: Actor,
  { verb, kind = "resources", workspace, name }: Partial<Request>,
): ServerError {
  const what = name === undefined ? kind : `${kind} ${name}`;
  return new ServerError(
    "FORBIDDEN",
    `${actor.name} may not ${verb} ${what} in workspace ${workspace ?? defaultWorkspace}: ask an administrator for a role that may`,
  );
}

/** The actor's roles that reach into a workspace; undefined: into any. */
function rolesIn({ roles, workspaces, bound = [] }: Actor, workspace: string | undefined): string[] {
  const within = (limits: readonly string[] | undefined) =>
    workspace === undefined || limits === undefined || limits.includes(workspace);
  if (workspaces.length > 0 && !within(workspaces)) return [];
  return [...roles, ...bound.flatMap((given) => (within(given.workspaces) ? given.role : []))];
}

function rulesOf(role: string, resources: Resources): Rules {
  if (Object.hasOwn(builtIn, role)) return builtIn[role] ?? [];
  const resource = resources.get(`Role/${defaultWorkspace}/${role}`);
  return resource?.kind === "Role" ? resource.spec.rules : [];
}

function has(list: readonly string[], wanted: string): boolean {
  return list.includes("*") || list.includes(wanted);
}
