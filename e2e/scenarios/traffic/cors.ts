import { checkCors, corsInForce, corsPolicy } from "../cors-policy.ts";
import { type Scenario, traffic } from "../scenario.ts";

export const cors: Scenario = {
  title: "preflight requests are answered for the allowed origins only",
  proves: ["TrafficPolicy.cors"],
  wishes: (target) => [traffic({ targets: [target], defaults: { cors: corsPolicy } })],
  inForce: (scene) => corsInForce(scene),
  check: (scene) => checkCors(scene),
};
