import type { ApiToken, AuditEntry } from "@heddle/store";
import { createToken } from "../auth/create-token.ts";
import { type Actor, demand } from "../auth/permissions.ts";
import { builder, pageType } from "./builder.ts";

const tokenType = builder.objectRef<ApiToken>("ApiToken").implement({
  description: "A token for the API; its secret is told once, when it is made. Instants are RFC 3339.",
  fields: (t) => ({
    id: t.exposeString("id", { description: "For `revokeToken`." }),
    name: t.exposeString("name", { description: "RoleBindings name it so." }),
    roles: t.stringList({ description: "What it may do.", resolve: ({ roles }) => [...roles] }),
    workspaces: t.stringList({
      description: "Where; empty: wherever its roles reach.",
      resolve: ({ workspaces }) => [...workspaces],
    }),
    createdAt: t.exposeString("createdAt", { description: "When it was made." }),
    expiresAt: t.exposeString("expiresAt", { nullable: true, description: "Null: never." }),
    lastUsedAt: t.exposeString("lastUsedAt", { nullable: true, description: "To the minute." }),
    revokedAt: t.exposeString("revokedAt", { nullable: true, description: "Null: it is good." }),
  }),
});

const newTokenType = builder
  .objectRef<{ readonly token: ApiToken; readonly secret: string }>("NewApiToken")
  .implement({
    description: "A token with its secret, told this once.",
    fields: (t) => ({
      token: t.field({ type: tokenType, description: "What it is.", resolve: ({ token }) => token }),
      secret: t.exposeString("secret", { description: "For `Authorization: Bearer`." }),
    }),
  });

const auditType = builder.objectRef<AuditEntry>("AuditEntry").implement({
  description: "Who did what.",
  fields: (t) => ({
    at: t.exposeString("at", { description: "RFC 3339." }),
    actor: t.exposeString("actor", { description: "E.g. `token:ci`, `agent:eu-1` or `system`." }),
    action: t.exposeString("action", {
      description: "E.g. `apply`, `delete`, `cluster.enrol`, `token.revoke`.",
    }),
    target: t.exposeString("target", { description: "A resource's key, a cluster's name or a token's id." }),
    detail: t.field({
      type: "JSON",
      description: "More about it; never a secret.",
      resolve: ({ detail }) => detail,
    }),
  }),
});
const auditPageType = pageType<AuditEntry>("AuditPage", auditType);

const viewerType = builder.objectRef<Actor>("Viewer").implement({
  description: "Who asks.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "As the audit log has it." }),
    roles: t.stringList({
      description: "The token's own, and those that RoleBindings add.",
      resolve: ({ roles, bound = [] }) => [...new Set([...roles, ...bound.map(({ role }) => role)])],
    }),
    workspaces: t.stringList({
      description: "Where; empty: wherever the roles reach.",
      resolve: ({ workspaces }) => [...workspaces],
    }),
  }),
});

/** Who asks, API tokens and the audit log. */
export function addTokenFields(): void {
  builder.queryFields((t) => ({
    version: t.string({ description: "Of the server.", resolve: (_, __, { version }) => version }),
    revision: t.field({
      type: "Revision",
      description: "Revision that this replica has come to.",
      resolve: (_, __, { fleet }) => fleet.revision,
    }),
    viewer: t.field({ type: viewerType, description: "Who asks.", resolve: (_, __, { actor }) => actor }),
    tokens: t.field({
      type: [tokenType],
      description: "Newest first, revoked and expired ones too.",
      async resolve(_, __, { actor, fleet, store }) {
        demand(actor, { verb: "list", kind: "Token" }, fleet.resources);
        return [...(await store.apiTokens.list())];
      },
    }),
    audit: t.field({
      type: auditPageType,
      description: "Newest first.",
      args: {
        actor: t.arg.string({ description: "Only what this actor did." }),
        target: t.arg.string({ description: "Only what was done to this." }),
        after: t.arg.string({ description: "`next` of the page before." }),
        limit: t.arg.int({ defaultValue: 100, description: "1,000 at most." }),
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
      description: "Makes a token. Administrators only.",
      args: {
        name: t.arg.string({ required: true, description: "RoleBindings name it so." }),
        roles: t.arg.stringList({
          required: true,
          description: "`admin`, `editor`, `viewer` or names of Role resources.",
        }),
        workspaces: t.arg.stringList({
          defaultValue: [],
          description: "Only these; empty for all that the roles allow.",
        }),
        expiresAt: t.arg.string({ description: "RFC 3339; without it the token does not expire." }),
      },
      resolve: (_, { name, roles, workspaces, expiresAt }, context) =>
        createToken(context, {
          name,
          roles,
          workspaces: workspaces ?? [],
          expiresAt: expiresAt ?? undefined,
        }),
    }),
    revokeToken: t.boolean({
      description:
        "Ends a token; false when there is none, or it is revoked already. Other replicas follow in 5 s.",
      args: { id: t.arg.string({ required: true, description: "Of the token." }) },
      async resolve(_, { id }, { actor, fleet, store, authenticator }) {
        demand(actor, { verb: "delete", kind: "Token", name: id }, fleet.resources);
        const revoked = await store.apiTokens.revoke(id);
        authenticator.forget();
        if (revoked)
          await store.audit.append({ actor: actor.name, action: "token.revoke", target: id, detail: {} });
        return revoked;
      },
    }),
  }));
}
