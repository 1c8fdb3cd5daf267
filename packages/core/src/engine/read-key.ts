import { localUnitId, type Unit } from "../world/unit.ts";

/** What a unit is asked for by. An external service is found by its name alone: which one is meant depends on who asks. */
export function readKey({ kind, namespace, name }: Omit<Unit, "cluster">): string {
  return localUnitId({ kind, namespace: kind === "external" ? "*" : namespace, name });
}

/** What is asked for by whoever wants to know of all units of a kind. */
export function readKeyOfAll(kind: Unit["kind"]): string {
  return `${kind}/*`;
}
