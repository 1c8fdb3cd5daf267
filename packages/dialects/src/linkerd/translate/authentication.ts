import { type EffectiveAuthentication, LEVEL_ORDER, type LevelledMode } from "@heddle/core";
import type { InboundPort } from "./server.ts";

/**
 * The mTLS mode in force at one port: of the narrower level, at one level that of the port. Linkerd has nothing to inherit from at run
 * time (a namespace's default is fixed when a pod starts), so modes of every level end here.
 */
export function modeAt(
  authentication: EffectiveAuthentication | undefined,
  { port, workloadPort }: Pick<InboundPort, "port" | "workloadPort">,
): LevelledMode | undefined {
  const { mode, ports } = authentication ?? {};
  const own = ports?.get(port) ?? ports?.get(workloadPort);
  if (own === undefined || mode === undefined) return own ?? mode;
  return LEVEL_ORDER[own.level] <= LEVEL_ORDER[mode.level] ? own : mode;
}
