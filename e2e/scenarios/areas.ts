import { connectionScenarios } from "./connection/index.ts";
import { extensionScenarios } from "./extension/index.ts";
import { gatewayScenarios } from "./gateway/index.ts";
import { machineScenarios } from "./machine/index.ts";
import { reachingScenarios } from "./reaching/index.ts";
import type { Scenario } from "./scenario.ts";
import { securityScenarios } from "./security/index.ts";
import { telemetryScenarios } from "./telemetry/index.ts";
import { trafficScenarios } from "./traffic/index.ts";

export interface Area {
  readonly name: string;
  readonly scenarios: Readonly<Record<string, Scenario>>;
  /** Each scenario has a service of its own, so they run side by side; else all are about `vault`, one after the other. */
  readonly ownServices: boolean;
}

/** Every scenario there is. */
export const areas: readonly Area[] = [
  { name: "traffic", scenarios: trafficScenarios, ownServices: true },
  { name: "connection", scenarios: connectionScenarios, ownServices: true },
  { name: "machine", scenarios: machineScenarios, ownServices: true },
  { name: "security", scenarios: securityScenarios, ownServices: false },
  { name: "reaching", scenarios: reachingScenarios, ownServices: false },
  { name: "gateway", scenarios: gatewayScenarios, ownServices: false },
  { name: "telemetry", scenarios: telemetryScenarios, ownServices: false },
  { name: "extension", scenarios: extensionScenarios, ownServices: false },
];
