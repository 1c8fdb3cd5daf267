import type { Capability } from "@heddle/core";
import { unsupported } from "../capability-levels.ts";

const noGateways = unsupported(
  "Linkerd has no gateways of its own: an ingress controller that runs as a meshed workload is configured by itself",
);

/** Linkerd leaves what comes in to ingress controllers (linkerd.io/2/tasks/using-ingress). */
export const gatewayCapabilities: Readonly<Record<string, Capability>> = {
  role: noGateways,
  selector: noGateways,
  gatewayClassName: noGateways,
  addresses: noGateways,
  listeners: noGateways,
};

export const routeTableCapabilities: Readonly<Record<string, Capability>> = Object.fromEntries(
  [
    "gateways",
    "hosts",
    "match",
    "split",
    "redirect",
    "directResponse",
    "rewrite",
    "delegate",
    "timeout",
    "retries",
    "fault",
    "mirror",
    "headers",
    "cors",
    "rateLimit",
    "order",
  ].map((field) => [field, noGateways]),
);
