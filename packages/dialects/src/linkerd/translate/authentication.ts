import type { EffectiveAuthentication, LevelledMode } from "@heddle/core";

/**
 * The mTLS mode in force at one port. Linkerd has nothing to inherit from at run time (a namespace's default is fixed when a pod
 * starts), so modes of every level end here.
 */
export function modeAt(
  authentication: EffectiveAuthentication | undefined,
  port: number,
): LevelledMode | undefined {
  return authentication?.ports.get(port) ?? authentication?.mode;
}
