import { z } from "zod";
import { duration, headerName, labelKey, percent } from "../primitives.ts";
import { locality, regionFailover } from "./endpoint.ts";

export const loadBalancerAlgorithms = [
  "roundRobin",
  "leastRequest",
  "random",
  "passthrough",
  "ringHash",
  "maglev",
] as const;

const hashKeys = [
  z.strictObject({ header: headerName.describe("A request header.") }),
  z.strictObject({
    cookie: z
      .strictObject({
        name: z.string().min(1).max(256).describe("Name of the cookie."),
        path: z.string().startsWith("/").max(1024).exactOptional().describe("Path of the cookie."),
        ttl: duration
          .exactOptional()
          .describe("Makes the cookie, with this lifetime, when it is not there; `0s` for a session."),
      })
      .describe("A cookie."),
  }),
  z.strictObject({ queryParameter: z.string().min(1).max(256).describe("A query parameter.") }),
  z.strictObject({ sourceIp: z.literal(true).describe("The client's address.") }),
] as const;

export const loadBalancer = z.strictObject({
  algorithm: z
    .enum(loadBalancerAlgorithms)
    .exactOptional()
    .describe(
      "How an endpoint is chosen; the mesh's usual way unless set. `ringHash` and `maglev` need `hash`.",
    ),
  choiceCount: z
    .int()
    .min(2)
    .max(100)
    .exactOptional()
    .describe("Endpoints that `leastRequest` compares; 2 unless set."),
  hash: z
    .array(z.union(hashKeys))
    .min(1)
    .exactOptional()
    .describe("What is hashed, so that equal requests get the same endpoint; the first that is there."),
  ringSize: z
    .strictObject({
      min: z.int().min(1).max(8_388_608).exactOptional().describe("Smallest ring; 1024 unless set."),
      max: z.int().min(1).max(8_388_608).exactOptional().describe("Largest ring."),
    })
    .exactOptional()
    .describe("Size of the ring, for `ringHash`."),
  tableSize: z
    .int()
    .min(2)
    .max(5_000_011)
    .exactOptional()
    .describe("Size of the table, a prime number, for `maglev`."),
  locality: z
    .strictObject({
      enabled: z.boolean().exactOptional().describe("`false` spreads over all places alike."),
      failover: regionFailover.describe("Which region takes over from which; the nearest unless set."),
      failoverPriority: z
        .array(labelKey)
        .min(1)
        .exactOptional()
        .describe("Labels in order; endpoints that share more of them with the client come first."),
      distribute: z
        .array(
          z.strictObject({
            from: localityPattern().describe("Where the client is; `region/zone/*` for all below."),
            to: z
              .record(localityPattern(), z.int().min(0).max(100))
              .describe("Percentages by place of the endpoint; they add up to 100."),
          }),
        )
        .min(1)
        .exactOptional()
        .describe("Shares of traffic by place."),
    })
    .exactOptional()
    .describe("Preferring what is near."),
  warmup: z
    .strictObject({
      duration: duration.describe("How long a new endpoint gets less than its share."),
      minimumPercent: percent.default(10).describe("Share that it starts with."),
      aggression: z.number().min(0).max(100).default(1).describe("1 grows evenly, more grows later."),
    })
    .exactOptional()
    .describe("Going easy on new endpoints."),
});
export type LoadBalancer = z.output<typeof loadBalancer>;

function localityPattern() {
  return z.union([locality, z.literal("*")]);
}
