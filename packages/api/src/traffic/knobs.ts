import { z } from "zod";
import { duration, headerName, httpMethod, httpStatus, percent } from "../primitives.ts";
import { stringMatch } from "../string-match.ts";
import { directResponse, rewrite } from "./actions.ts";
import { destinationRef, headerChanges, mirror } from "./backend.ts";

/** Conditions under which a request is tried again; the words are Envoy's and gRPC's, numbers are HTTP status codes. */
export const retryConditions = [
  "5xx",
  "gateway-error",
  "connect-failure",
  "reset",
  "refused-stream",
  "retriable-4xx",
  "cancelled",
  "deadline-exceeded",
  "internal",
  "resource-exhausted",
  "unavailable",
] as const;
export const retries = z.strictObject({
  attempts: z.int().min(0).max(100).describe("Retries after the first try; 0 turns retries off."),
  perTryTimeout: duration.exactOptional().describe("How long one try may take."),
  on: z
    .array(z.union([z.enum(retryConditions), httpStatus]))
    .min(1)
    .exactOptional()
    .describe("When to try again: conditions, or HTTP status codes."),
  backoff: duration.exactOptional().describe("Base interval between tries."),
});
export type Retries = z.output<typeof retries>;

/** The names of gRPC's status codes other than OK. */
export const grpcStatuses = [
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

const affected = percent.default(100).describe("Share of the requests that is affected, 0 to 100.");
export const fault = z.strictObject({
  delay: z
    .strictObject({ duration: duration.describe("How long requests are held back."), percent: affected })
    .exactOptional()
    .describe("Holds requests back."),
  abort: z
    .strictObject({
      httpStatus: httpStatus.exactOptional().describe("HTTP status of the answer."),
      grpcStatus: z.enum(grpcStatuses).exactOptional().describe("gRPC status of the answer."),
      percent: affected,
    })
    .exactOptional()
    .describe("Answers with an error instead of sending requests on."),
});
export type Fault = z.output<typeof fault>;

export const cors = z.strictObject({
  allowOrigins: z.array(stringMatch).min(1).describe("Origins that may call."),
  allowMethods: z.array(httpMethod).exactOptional().describe("Methods they may use."),
  allowHeaders: z.array(headerName).exactOptional().describe("Headers they may send."),
  exposeHeaders: z.array(headerName).exactOptional().describe("Headers of the answer they may read."),
  maxAge: duration.exactOptional().describe("How long a browser may remember this."),
  allowCredentials: z.boolean().exactOptional().describe("Whether cookies and credentials may be sent."),
});
export type Cors = z.output<typeof cors>;

export const rateLimit = z.strictObject({
  requests: z.int().min(1).describe("Requests that pass in one period."),
  per: z.enum(["second", "minute", "hour"]).describe("The period."),
  burst: z.int().min(1).exactOptional().describe("Requests that may come at once; `requests` unless set."),
  by: z
    .array(
      z
        .string()
        .regex(
          /^(identity|path|remoteAddress|header:[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256})$/,
          "must be identity, path, remoteAddress or header:NAME",
        ),
    )
    .min(1)
    .exactOptional()
    .describe("Counted apart by these: `identity`, `header:NAME`, `path` or `remoteAddress`."),
  service: destinationRef
    .exactOptional()
    .describe("A global rate-limit service; each proxy counts for itself without one."),
});
export type RateLimit = z.output<typeof rateLimit>;

/** The fields a rule leaves to `defaults` when it does not set them. `false` sets "none" and stops inheritance, as `0s` does. */
export const knobs = {
  timeout: z
    .strictObject({
      request: duration.exactOptional().describe("Whole request, with all tries; `0s` for none."),
      idle: duration.exactOptional().describe("Silence on the stream; `0s` for none."),
    })
    .exactOptional()
    .describe("How long requests may take."),
  retries: z
    .union([z.literal(false), retries])
    .exactOptional()
    .describe("Trying again; `false` for never."),
  fault: z
    .union([z.literal(false), fault])
    .exactOptional()
    .describe("Errors made on purpose; `false` for none."),
  mirror: z
    .union([z.literal(false), z.array(mirror).min(1)])
    .exactOptional()
    .describe("Copies of requests, whose answers are ignored; `false` for none."),
  headers: headerChanges.exactOptional().describe("Changes to headers."),
  cors: z
    .union([z.literal(false), cors])
    .exactOptional()
    .describe("Which other origins browsers may call from; `false` for none."),
  rateLimit: z
    .union([z.literal(false), rateLimit])
    .exactOptional()
    .describe("How many requests pass; `false` for no limit."),
};

export const trafficDefaults = z.strictObject({
  ...knobs,
  directResponse: directResponse.exactOptional().describe("Answers instead of a backend."),
  rewrite: rewrite.exactOptional().describe("Changes path or host before sending on."),
});
export type TrafficDefaults = z.output<typeof trafficDefaults>;
