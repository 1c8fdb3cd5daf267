import { z } from "zod";
import { duration, headerName, host, httpStatus, percent, port } from "../primitives.ts";

/** Asking endpoints whether they are well (active health checking): exactly one of `http`, `tcp`, `grpc`. */
export const healthCheck = z.strictObject({
  interval: duration.default("10s").describe("Time between checks."),
  timeout: duration.default("5s").describe("How long an answer may take."),
  unhealthyThreshold: z
    .int()
    .min(1)
    .max(1000)
    .default(3)
    .describe("Failures in a row that make an endpoint unwell."),
  healthyThreshold: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe("Successes in a row that make it well again."),
  port: port.exactOptional().describe("Port that is checked; the one that is called unless set."),
  panicThreshold: percent.exactOptional().describe("When fewer than this share are well, all are used."),
  http: z
    .strictObject({
      path: z.string().startsWith("/").max(1024).describe("Path that is asked for."),
      host: host.exactOptional().describe("Host that is asked for."),
      expectedStatuses: z.array(httpStatus).min(1).exactOptional().describe("Good answers; 200 unless set."),
      headers: z.record(headerName, z.string().max(8192)).exactOptional().describe("Headers that are sent."),
    })
    .exactOptional()
    .describe("By an HTTP request."),
  tcp: z
    .strictObject({
      send: z
        .base64()
        .max(4096)
        .exactOptional()
        .describe("Bytes that are sent, in base64; only connects unless set."),
      receive: z
        .array(z.base64().max(4096))
        .min(1)
        .exactOptional()
        .describe("Bytes that the answer must have, in base64, in this order."),
    })
    .exactOptional()
    .describe("By a connection."),
  grpc: z
    .strictObject({
      service: z
        .string()
        .min(1)
        .max(256)
        .exactOptional()
        .describe("Service that is asked about; the server unless set."),
      authority: host.exactOptional().describe("Authority that is asked for."),
    })
    .exactOptional()
    .describe("By gRPC's health protocol."),
});
export type HealthCheck = z.output<typeof healthCheck>;
