import { z } from "zod";
import { dnsLabel } from "../primitives.ts";
import { directResponse, redirect, rewrite } from "./actions.ts";
import { split } from "./backend.ts";
import { knobs } from "./knobs.ts";
import { routeMatch } from "./match.ts";

export const trafficRule = z.strictObject({
  name: dnsLabel.exactOptional().describe("Name of the rule, for status and explanations."),
  match: z
    .array(routeMatch)
    .min(1)
    .exactOptional()
    .describe("Alternatives; all fields of one must hold. Without it every request."),
  split: z.array(split).min(1).exactOptional().describe("Where requests go, by weight."),
  redirect: redirect.exactOptional().describe("Sends the client to another address."),
  directResponse: directResponse.exactOptional().describe("Answers instead of a backend."),
  rewrite: rewrite.exactOptional().describe("Changes path or host before sending on."),
  ...knobs,
});
export type TrafficRule = z.output<typeof trafficRule>;
