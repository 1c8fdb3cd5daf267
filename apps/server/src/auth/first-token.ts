import type { Store } from "@heddle/store";

/** The administrator's token of a new installation, told this once, by one of the replicas that start; undefined ever after. */
export async function firstToken(store: Store): Promise<string | undefined> {
  const roles = ["admin"];
  const first = await store.apiTokens.createFirst({ name: "admin", roles, workspaces: [] });
  if (first === undefined) return undefined;
  await store.audit.append({
    actor: "system",
    action: "token.create",
    target: first.token.id,
    detail: { name: first.token.name, roles },
  });
  return first.secret;
}
