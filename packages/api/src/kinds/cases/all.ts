import type { Case } from "./case.ts";
import { destinationCases } from "./destinations.ts";
import { fleetCases } from "./fleet.ts";
import { deliveryCases, extensionCases, securityCases, telemetryCases } from "./other.ts";
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
