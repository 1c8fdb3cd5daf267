import type { Capability } from "@heddle/core";

/** `since`: the mesh version from which it holds. */
export function native(how: string, since?: string): Capability {
  return { level: "native", how, ...(since && { since }) };
}

export function approximated(how: string, since?: string): Capability {
  return { level: "approximated", how, ...(since && { since }) };
}

export function unsupported(how: string): Capability {
  return { level: "unsupported", how };
}
