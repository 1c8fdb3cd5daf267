import type { Scenario } from "../scenario.ts";
import { processorAway } from "./processor-away.ts";
import { rateLimit } from "./rate-limit.ts";
import { scriptDirection } from "./script-direction.ts";
import { scriptOrder } from "./script-order.ts";

/** About filters of Envoy at the pods of one service: they run one after the other. */
export const extensionScenarios: Readonly<Record<string, Scenario>> = {
  "script-order": scriptOrder,
  "script-direction": scriptDirection,
  "processor-away": processorAway,
  "rate-limit": rateLimit,
};
