import type { Case } from "./case.ts";
import { deliveryCases } from "./delivery.ts";
import { destinationCases } from "./destinations.ts";
import { extensionCases } from "./extension.ts";
import { fleetCases } from "./fleet.ts";
import { securityCases } from "./security.ts";
import { telemetryCases } from "./telemetry.ts";
import { topologyCases } from "./topology.ts";
import { trafficCases } from "./traffic.ts";

/** The cases of every kind. */
export const specCases: readonly Case[] = [
  ...fleetCases,
  ...topologyCases,
  ...trafficCases,
  ...destinationCases,
  ...securityCases,
  ...extensionCases,
  ...telemetryCases,
  ...deliveryCases,
];
