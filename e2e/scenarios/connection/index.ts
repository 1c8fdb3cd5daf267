import type { Scenario } from "../scenario.ts";
import { connectionClusters } from "./connection-clusters.ts";
import { hash } from "./hash.ts";
import { limits } from "./limits.ts";
import { outliers } from "./outliers.ts";
import { plainText } from "./plain-text.ts";
import { roundRobin } from "./round-robin.ts";

/** Each has a service of its own, so they run side by side. */
export const connectionScenarios: Readonly<Record<string, Scenario>> = {
  hash: hash,
  limits: limits,
  outliers: outliers,
  "plain-text": plainText,
  "round-robin": roundRobin,
  "connection-clusters": connectionClusters,
};
