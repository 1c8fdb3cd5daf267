import type { KindName } from "@heddle/api";

/**
 * Kinds of policies that count only from the workspace that owns their target, or from the administrator's: they are enforced, run or told
 * at the target's own proxies (SEMANTICS, "Who may speak about what").
 */
export const ownersOnly: ReadonlySet<KindName> = new Set([
  "AccessPolicy",
  "AuthenticationPolicy",
  "EgressPolicy",
  "ExtensionPolicy",
  "TelemetryPolicy",
]);
