import type { KindName, Resource } from "@heddle/api";
import type { Store } from "@heddle/store";
import { type Actor, allows, demandSome } from "../auth/permissions.ts";
import type { Fleet } from "../fleet/fleet.ts";

export interface ListRequest {
  readonly kind?: KindName;
  readonly workspace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly after?: string;
  readonly limit?: number;
}

const pageAtMost = 1_000;

/**
 * A page of what the actor may list, in the order of kind, workspace and name; the rest is passed over in silence.
 * @throws ServerError FORBIDDEN when nothing of what is asked for may be listed
 */
export async function listResources(
  { store, fleet, actor }: { readonly store: Store; readonly fleet: Fleet; readonly actor: Actor },
  { after, limit = 100, ...query }: ListRequest,
): Promise<{ readonly items: readonly Resource[]; readonly next: string | null }> {
  demandSome(actor, { verb: "list", ...query }, fleet.resources);
  const wanted = Math.min(Math.max(limit, 1), pageAtMost);
  const items: Resource[] = [];
  let cursor = after;
  do {
    const page = await store.resources.list({ ...query, cursor, limit: wanted - items.length });
    items.push(
      ...page.items.filter(({ kind, metadata: { workspace, name } }) =>
        allows(actor, { verb: "list", kind, workspace, name }, fleet.resources),
      ),
    );
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && items.length < wanted);
  return { items, next: cursor ?? null };
}
