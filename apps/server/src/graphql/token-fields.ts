import type { ApiToken, AuditEntry } from "@heddle/store";
import { demand } from "../auth/permissions.ts";
import { builder, pageType } from "./builder.ts";

const tokenType = builder.objectRef<ApiToken>("ApiToken").implement({
  description: "A token for the API; its secret is told once, when it is made.",
  fields: (t) => ({
    id: t.exposeString("id"),
    name: t.exposeString("name"),
    roles: t.stringList({ resolve: ({ roles }) => [...roles] }),
    workspaces: t.stringList({ resolve: ({ workspaces }) => [...workspaces] }),
    createdAt: t.exposeString("createdAt"),
    expiresAt: t.exposeString("expiresAt", { nullable: true }),
    lastUsedAt: t.exposeString("lastUsedAt", { nullable: true }),
    revokedAt: t.exposeString("revokedAt", { nullable: true }),
  }),
});

const newTokenType = builder
  .objectRef<{ readonly token: ApiToken; readonly secret: string }>("NewApiToken")
  .implement({
    fields: (t) => ({
      token: t.field({ type: tokenType, resolve: ({ token }) => token }),
      secret: t.exposeString("secret"),
    }),
  });

const auditType = builder.objectRef<AuditEntry>("AuditEntry").implement({
  fields: (t) => ({
    at: t.exposeString("at"),
    actor: t.exposeString("actor"),
    action: t.exposeString("action"),
    target: t.exposeString("target"),
    detail: t.field({ type: "JSON", resolve: ({ detail }) => detail }),
  }),
});
const auditPageType = pageType<AuditEntry>("AuditPage", auditType);

const viewerType = builder
  .objectRef<{
    readonly name: string;
    readonly roles: readonly string[];
    readonly workspaces: readonly string[];
  }>("Viewer")
  .implement({
    description: "Who asks.",
    fields: (t) => ({
      name: t.exposeString("name"),
      roles: t.stringList({ resolve: ({ roles }) => [...roles] }),
      workspaces: t.stringList({ resolve: ({ workspaces }) => [...workspaces] }),
    }),
  });

/** Who asks, API tokens and the audit log. */
export function addTokenFields(): void {
  builder.queryFields((t) => ({
    version: t.string({ resolve: (_, __, { version }) => version }),
    revision: t.int({
      description: "Revision that this replica has come to.",
      resolve: (_, __, { fleet }) => fleet.revision,
    }),
    viewer: t.field({ type: viewerType, resolve: (_, __, { actor }) => actor }),
    tokens: t.field({
      type: [tokenType],
      async resolve(_, __, { actor, fleet, store }) {
        demand(actor, { verb: "list", kind: "Token" }, fleet.resources);
        return [...(await store.apiTokens.list())];
      },
    }),
    audit: t.field({
      type: auditPageType,
      description: "Newest first.",
      args: {
        actor: t.arg.string(),
        target: t.arg.string(),
        after: t.arg.string(),
        limit: t.arg.int({ defaultValue: 100 }),
      },
      resolve(_, { actor: by, target, after, limit }, { actor, fleet, store }) {
        demand(actor, { verb: "list", kind: "Token" }, fleet.resources);
        return store.audit.list({
          ...(by != null && { actor: by }),
          ...(target != null && { target }),
          cursor: after ?? undefined,
          limit: limit ?? undefined,
        });
      },
    }),
  }));

  builder.mutationFields((t) => ({
    createToken: t.field({
      type: newTokenType,
      args: {
        name: t.arg.string({ required: true }),
        roles: t.arg.stringList({
          required: true,
          description: "`admin`, `editor`, `viewer` or names of Role resources.",
        }),
        workspaces: t.arg.stringList({
          defaultValue: [],
          description: "Only these; empty for all that the roles allow.",
        }),
        expiresAt: t.arg.string({ description: "RFC 3339." }),
      },
      async resolve(_, { name, roles, workspaces, expiresAt }, { actor, fleet, store }) {
        demand(actor, { verb: "apply", kind: "Token", name }, fleet.resources);
        const created = await store.apiTokens.create({
          name,
          roles,
          workspaces: workspaces ?? [],
          ...(expiresAt != null && { expiresAt }),
        });
        await store.audit.append({
          actor: actor.name,
          action: "token.create",
          target: created.token.id,
          detail: { name, roles },
        });
        return created;
      },
    }),
    revokeToken: t.boolean({
      args: { id: t.arg.string({ required: true }) },
      async resolve(_, { id }, { actor, fleet, store, authenticator }) {
        demand(actor, { verb: "delete", kind: "Token", name: id }, fleet.resources);
        const revoked = await store.apiTokens.revoke(id);
        authenticator.forget();
        await store.audit.append({ actor: actor.name, action: "token.revoke", target: id, detail: {} });
        return revoked;
      },
    }),
  }));
}
