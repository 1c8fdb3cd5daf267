import { parseResourceKey, type Resource, type ResourceKey } from "@heddle/api";
import { allows, demandSome } from "../auth/permissions.ts";
import type { ApiContext } from "./context.ts";
import { eventStream } from "./event-stream.ts";
import { kindNamed } from "./resource-types.ts";

export interface ResourceEvent {
  readonly type: "CHANGED" | "DELETED";
  readonly key: ResourceKey;
  readonly resource: Resource | null;
}

export interface EventFilter {
  readonly kind?: string | null | undefined;
  readonly workspace?: string | null | undefined;
  readonly name?: string | null | undefined;
}

/** Changes of resources and of their status that the actor may watch. @throws ServerError FORBIDDEN, BAD_REQUEST */
export function resourceEvents(
  { actor, fleet, reports }: ApiContext,
  filter: EventFilter,
): AsyncIterableIterator<ResourceEvent> {
  const kind = filter.kind == null ? undefined : kindNamed(filter.kind);
  const asked = { ...(kind && { kind }), ...(filter.workspace != null && { workspace: filter.workspace }) };
  demandSome(actor, { verb: "watch", ...asked }, fleet.resources);
  const wanted = (key: ResourceKey) => {
    const named = parseResourceKey(key);
    return (
      (kind === undefined || named.kind === kind) &&
      (filter.workspace == null || named.workspace === filter.workspace) &&
      (filter.name == null || named.name === filter.name) &&
      allows(actor, { verb: "watch", ...named }, fleet.resources)
    );
  };
  return eventStream((push) => {
    const changed = (key: ResourceKey) => {
      if (!wanted(key)) return;
      const resource = fleet.resources.get(key) ?? null;
      push({ type: resource === null ? "DELETED" : "CHANGED", key, resource });
    };
    const ends = [
      fleet.onChange(({ resources }) => resources.forEach(changed)),
      reports.onReports((cluster, bundles) => {
        const output = fleet.engine.output(cluster);
        const concerned = new Set(
          bundles
            .flatMap((id) => output?.bundles.get(id)?.objects ?? [])
            .flatMap((ref) => output?.objects.get(ref)?.from ?? [])
            .map(({ resource }) => resource),
        );
        concerned.forEach(changed);
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  });
}
