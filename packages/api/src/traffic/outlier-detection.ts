import { z } from "zod";
import { duration, percent } from "../primitives.ts";

const count = z.int().min(0).max(1_000_000);

/** When an endpoint is left out of load balancing because of what it answered (passive health checking). */
export const outlierDetection = z.strictObject({
  consecutiveErrors: count
    .exactOptional()
    .describe(
      "5xx answers and failed connections in a row; 0 turns this detector off. Linkerd's max-failures.",
    ),
  consecutiveGatewayErrors: count
    .exactOptional()
    .describe("Answers 502, 503, 504 in a row; 0 turns this detector off."),
  consecutiveLocalOriginFailures: count
    .exactOptional()
    .describe("Failed connections and timeouts in a row, counted apart from answers."),
  successRate: z
    .strictObject({
      threshold: percent
        .exactOptional()
        .describe("Share of good answers below which an endpoint fails (Linkerd)."),
      minimumHosts: count.exactOptional().describe("Endpoints that must have enough requests."),
      requestVolume: count.exactOptional().describe("Requests in one interval that are enough."),
      standardDeviationFactor: z
        .number()
        .min(0)
        .max(1000)
        .exactOptional()
        .describe("How many standard deviations below the average is too few (Envoy)."),
      window: duration
        .exactOptional()
        .describe("Time over which answers are counted; `interval` unless set."),
    })
    .exactOptional()
    .describe("Compares an endpoint's share of good answers."),
  failurePercentage: z
    .strictObject({
      threshold: percent.describe("Share of failures that is too much."),
      minimumHosts: count.exactOptional().describe("Endpoints that must have enough requests."),
      requestVolume: count.exactOptional().describe("Requests in one interval that are enough."),
    })
    .exactOptional()
    .describe("Leaves out endpoints with too many failures, each by itself."),
  interval: duration.exactOptional().describe("How often endpoints are looked at."),
  baseEjectionTime: duration
    .exactOptional()
    .describe("How long the first time lasts; it grows with each further time. Linkerd's min-penalty."),
  maxEjectionTime: duration
    .exactOptional()
    .describe("The longest that one time lasts. Linkerd's max-penalty."),
  jitter: percent
    .exactOptional()
    .describe("Random part that is added to these times. Linkerd's jitter-ratio."),
  maxEjectionPercent: percent
    .exactOptional()
    .describe("Share of the endpoints that can be left out at once."),
  minHealthPercent: percent
    .exactOptional()
    .describe("When fewer than this share are well, all are used again, outliers too."),
});
export type OutlierDetection = z.output<typeof outlierDetection>;
