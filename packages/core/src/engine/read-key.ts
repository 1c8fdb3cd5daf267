import { localUnitId, type Unit, type UnitKind } from "../world/unit.ts";

/** What has a name of its own is found by it alone: which one is meant depends on who asks. */
const byName: ReadonlySet<UnitKind> = new Set(["external", "virtual"]);

/** What a unit is asked for by. */
export function readKey({ kind, namespace, name }: Omit<Unit, "cluster">): string {
  return localUnitId({ kind, namespace: byName.has(kind) ? "*" : namespace, name });
}

/** What is asked for by whoever wants to know of all units of a kind. */
export function readKeyOfAll(kind: Unit["kind"]): string {
  return `${kind}/*`;
}
