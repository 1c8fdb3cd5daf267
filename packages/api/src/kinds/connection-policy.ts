import { z } from "zod";
import { checkConnection } from "../checks/check-connection.ts";
import { checkSources, checkTargets } from "../checks/check-targets.ts";
import { checkClientTls } from "../checks/check-tls.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { duration, host, percent, port } from "../primitives.ts";
import { sources, targets } from "../selecting.ts";
import { tlsOrigination } from "../traffic/endpoint.ts";
import { healthCheck } from "../traffic/health-check.ts";
import { loadBalancer } from "../traffic/load-balancer.ts";
import { outlierDetection } from "../traffic/outlier-detection.ts";

const limit = z.int().min(1).max(4_294_967_295);

const connectionPool = z.strictObject({
  tcp: z
    .strictObject({
      maxConnections: limit.exactOptional().describe("Connections to the destination at once."),
      connectTimeout: duration.exactOptional().describe("How long connecting may take."),
      idleTimeout: duration.exactOptional().describe("An unused connection is closed after this."),
      maxConnectionDuration: duration.exactOptional().describe("Any connection is closed after this."),
    })
    .exactOptional()
    .describe("Limits of connections."),
  http: z
    .strictObject({
      maxPendingRequests: limit.exactOptional().describe("Requests that wait for a connection."),
      maxRequests: limit.exactOptional().describe("Requests at once."),
      maxRequestsPerConnection: limit
        .exactOptional()
        .describe("Requests on one connection; 1 turns keep-alive off."),
      maxRetries: limit.exactOptional().describe("Retries at once."),
      maxConcurrentStreams: limit.exactOptional().describe("HTTP/2 streams at once on one connection."),
      idleTimeout: duration.exactOptional().describe("A connection without requests is closed after this."),
      h2Upgrade: z
        .enum(["default", "always", "never"])
        .exactOptional()
        .describe("Whether HTTP/1.1 is sent on as HTTP/2."),
      useClientProtocol: z
        .boolean()
        .exactOptional()
        .describe("Sends on in the protocol that the client used."),
    })
    .exactOptional()
    .describe("Limits of requests."),
});

const adaptiveConcurrency = z.strictObject({
  sampleAggregatePercentile: percent.default(50).describe("Percentile of latencies that is compared."),
  maxConcurrency: limit.default(1000).describe("Never more requests at once than this."),
  updateInterval: duration.default("100ms").describe("How often the limit is computed."),
  minRtt: z
    .strictObject({
      interval: duration.default("60s").describe("How often the ideal latency is measured."),
      requests: limit.default(50).describe("Requests in one measurement."),
      minConcurrency: limit.default(3).describe("Requests at once while measuring."),
      jitter: percent.default(15).describe("Random part of the interval."),
      buffer: percent.default(25).describe("Latency above the ideal that is still taken as good."),
    })
    .exactOptional()
    .describe("How the ideal latency is found."),
});

const spec = z.strictObject({
  targets,
  sources,
  loadBalancer: loadBalancer.exactOptional().describe("How requests are spread over the endpoints."),
  outlierDetection: z
    .union([z.literal(false), outlierDetection])
    .exactOptional()
    .describe("Leaves out endpoints that fail; `false` for never."),
  healthCheck: z
    .union([z.literal(false), healthCheck])
    .exactOptional()
    .describe("Asks endpoints whether they are well; `false` for never."),
  connectionPool: connectionPool.exactOptional().describe("Limits of connections and requests."),
  retryBudget: z
    .strictObject({
      percent: percent.describe("Retries, relative to the requests at that time."),
      minConcurrency: z
        .int()
        .min(0)
        .max(4_294_967_295)
        .default(3)
        .describe("Retries that are always allowed."),
      ttl: duration.exactOptional().describe("How long a request counts."),
    })
    .exactOptional()
    .describe("How many retries all clients of a proxy may make together."),
  adaptiveConcurrency: z
    .union([z.literal(false), adaptiveConcurrency])
    .exactOptional()
    .describe("Limits requests at once by the latency it measures; `false` for never."),
  proxyProtocol: z
    .enum(["none", "v1", "v2"])
    .exactOptional()
    .describe("Tells the destination the client's address by HAProxy's PROXY protocol."),
  tls: z
    .strictObject({
      mode: z
        .enum(["disable", "simple", "mutual", "mesh"])
        .describe(
          "`simple` and `mutual` use the certificates named here, `mesh` the mesh's own, `disable` none.",
        ),
      ...tlsOrigination,
    })
    .exactOptional()
    .describe("TLS of connections to the destination; the mesh's own unless set."),
  keepalive: z
    .strictObject({
      time: duration.exactOptional().describe("Silence before the first probe."),
      interval: duration.exactOptional().describe("Time between probes."),
      probes: z
        .int()
        .min(1)
        .max(1000)
        .exactOptional()
        .describe("Probes without an answer that end a connection."),
    })
    .exactOptional()
    .describe("TCP keep-alive."),
  tunnel: z
    .strictObject({
      protocol: z.enum(["CONNECT", "POST"]).default("CONNECT").describe("How the tunnel is asked for."),
      host: host.describe("Host that the tunnel leads to."),
      port: port.describe("Port that the tunnel leads to."),
    })
    .exactOptional()
    .describe("Reaches another host through the destination, which is a forward proxy."),
});
export type ConnectionPolicySpec = z.output<typeof spec>;

function check(value: ConnectionPolicySpec, report: Report): void {
  const { targets: about, sources: clients, ...rest } = value;
  checkTargets(about, report);
  checkSources(clients, report);
  if (Object.keys(rest).length === 0)
    report({ code: "EMPTY_POLICY", path: [], reason: "the policy has targets but no settings" });
  checkConnection(value, report);
  checkClientTls(value.tls, ["tls"], report);
}

export const connectionPolicy = defineKind({
  kind: "ConnectionPolicy",
  plural: "connectionpolicies",
  shortNames: ["cp"],
  area: "traffic",
  workspaced: true,
  summary: "How proxies connect to a destination: load balancing, outliers, health checks, limits, TLS.",
  columns: [{ name: "Targets", path: ".spec.targets[*].name" }],
  spec,
  check,
});
