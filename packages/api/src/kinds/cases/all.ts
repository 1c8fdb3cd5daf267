import type { Case } from "./case.ts";
import { fleetCases } from "./fleet.ts";
import { deliveryCases, extensionCases, securityCases, telemetryCases } from "./other.ts";
import { topologyCases } from "./topology.ts";
import { trafficCases } from "./traffic.ts";

/** The cases of every kind. */
export const specCases: readonly Case[] = [
  ...fleetCases,
  ...topologyCases,
  ...trafficCases,
  ...securityCases,
  ...extensionCases,
  ...telemetryCases,
  ...deliveryCases,
];
