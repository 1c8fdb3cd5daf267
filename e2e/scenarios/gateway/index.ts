import type { Scenario } from "../scenario.ts";
import { delegation } from "./delegation.ts";
import { routes } from "./routes.ts";

/** About what comes in from outside: they run one after the other at the one gateway there is. */
export const gatewayScenarios: Readonly<Record<string, Scenario>> = {
  routes: routes,
  delegation: delegation,
};
