import type { Capability } from "@heddle/core";
import { unsupported } from "../capability-levels.ts";

/** What Linkerd's proxies tell is set by annotations of pods and by its Helm values, which are not Heddle's. */
export const telemetryCapabilities: Readonly<Record<string, Capability>> = {
  accessLogs: unsupported("set by the annotation config.linkerd.io/access-log of pods"),
  metrics: unsupported("Linkerd's proxies have one fixed set of metrics"),
  tracing: unsupported("set for the whole mesh by the Helm values proxy.tracing"),
};
