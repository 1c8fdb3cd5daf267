import type { Store } from "@heddle/store";

/** The administrator's token of a new installation, told this once; undefined when there are tokens already. */
export async function firstToken(store: Store): Promise<string | undefined> {
  const tokens = await store.apiTokens.list();
  if (tokens.length > 0) return undefined;
  const { secret, token } = await store.apiTokens.create({ name: "admin", roles: ["admin"], workspaces: [] });
  await store.audit.append({
    actor: "system",
    action: "token.create",
    target: token.id,
    detail: { name: "admin", roles: ["admin"] },
  });
  return secret;
}
