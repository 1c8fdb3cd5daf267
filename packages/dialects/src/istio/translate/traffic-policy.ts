import { type ConnectionPolicySpec, durationMs, formatDuration, type LoadBalancer } from "@heddle/api";
import type { ConnectionSettings, EffectiveSettings, JsonObject, UnitContext } from "@heddle/core";
import { maxInt32, placeLabels } from "../connection-capabilities.ts";

/** Whether a field of the settings is not written, because Istio cannot say it. */
type Skip = (field: string) => boolean;

/**
 * DestinationRule `trafficPolicy`. What is said for a port replaces all that is said for the rest (subset and port policies override,
 * they do not merge), so it must be complete. (istio.io/latest/docs/reference/config/networking/destination-rule)
 */
export function trafficPolicyOf(
  everywhere: EffectiveSettings,
  ports: ReadonlyMap<number, EffectiveSettings>,
  context: UnitContext,
): JsonObject {
  const { settings } = everywhere;
  const skip = skipOf(everywhere, context);
  const { proxyProtocol, retryBudget, tunnel } = settings;
  return {
    ...portPolicyOf(settings, skip),
    ...(proxyProtocol !== undefined &&
      proxyProtocol !== "none" &&
      !skip("proxyProtocol") && { proxyProtocol: { version: proxyProtocol.toUpperCase() } }),
    ...(retryBudget && budgetOf(retryBudget, skip)),
    ...(tunnel && {
      tunnel: { protocol: tunnel.protocol, targetHost: tunnel.host, targetPort: tunnel.port },
    }),
    ...(ports.size > 0 && {
      portLevelSettings: [...ports].map(([number, of]) => ({
        port: { number },
        ...portPolicyOf(of.settings, skipOf(of, context)),
      })),
    }),
  };
}

/** Fields that a DestinationRule takes for all ports only. */
export const notByPort = ["proxyProtocol", "retryBudget", "tunnel"] as const;

function skipOf({ sources }: EffectiveSettings, { unsupported }: UnitContext): Skip {
  return (field) =>
    [...sources].some(
      ([held, { resource }]) =>
        (held === field || field.startsWith(`${held}.`) || held.startsWith(`${field}.`)) &&
        unsupported(resource, `spec.${field}`),
    );
}

function portPolicyOf(settings: ConnectionSettings, skip: Skip): JsonObject {
  const { loadBalancer, outlierDetection, connectionPool, keepalive, tls } = settings;
  return filled({
    loadBalancer: loadBalancer && loadBalancerOf(loadBalancer, Boolean(outlierDetection), skip),
    connectionPool: poolOf(connectionPool, keepalive),
    outlierDetection: outlierDetection ? outliersOf(outlierDetection) : undefined,
    tls: tls && tlsOf(tls),
  });
}

function loadBalancerOf(loadBalancer: LoadBalancer, ejects: boolean, skip: Skip): JsonObject {
  const { algorithm, locality, warmup } = loadBalancer;
  const simple = algorithm === undefined ? undefined : SIMPLE[algorithm];
  return filled({
    simple,
    consistentHash: simple === undefined ? hashOf(loadBalancer) : undefined,
    localityLbSetting: locality && localityOf(locality, ejects),
    warmup:
      warmup && durationMs(warmup.duration) > 0 && !skip("loadBalancer.warmup")
        ? {
            duration: goDuration(warmup.duration),
            minimumPercent: warmup.minimumPercent,
            aggression: warmup.aggression,
          }
        : undefined,
  });
}

/** Istio warns of failover where nothing is ever left out, which could not happen. */
function localityOf(locality: NonNullable<LoadBalancer["locality"]>, ejects: boolean): JsonObject {
  const { failover, failoverPriority, ...rest } = locality;
  if (!ejects) return filled(rest);
  const labels = failover ? failoverPriority?.filter((label) => !placeLabels.has(label)) : failoverPriority;
  return filled({ ...rest, failover, failoverPriority: labels?.length ? labels : undefined });
}

const SIMPLE: Readonly<Record<NonNullable<LoadBalancer["algorithm"]>, string | undefined>> = {
  roundRobin: "ROUND_ROBIN",
  leastRequest: "LEAST_REQUEST",
  random: "RANDOM",
  passthrough: "PASSTHROUGH",
  ringHash: undefined,
  maglev: undefined,
};

/** Only one key; Istio takes no alternatives. Without one nothing can be hashed. */
function hashOf(loadBalancer: LoadBalancer): JsonObject {
  const { algorithm, hash, ringSize, tableSize } = loadBalancer;
  const [key] = hash ?? [];
  if (key === undefined) return {};
  const maglev = algorithm === "maglev";
  return {
    ...("header" in key && { httpHeaderName: key.header }),
    ...("queryParameter" in key && { httpQueryParameterName: key.queryParameter }),
    ...("sourceIp" in key && { useSourceIp: true }),
    ...("cookie" in key && {
      httpCookie: {
        name: key.cookie.name,
        ...(key.cookie.path && { path: key.cookie.path }),
        ...(key.cookie.ttl && { ttl: goDuration(key.cookie.ttl) }),
      },
    }),
    ...(maglev && { maglev: tableSize === undefined ? {} : { tableSize } }),
    ...(!maglev &&
      (algorithm === "ringHash" || ringSize?.min !== undefined) && {
        ringHash: ringSize?.min === undefined ? {} : { minimumRingSize: ringSize.min },
      }),
  };
}

function poolOf(
  pool: ConnectionPolicySpec["connectionPool"],
  keepalive: ConnectionPolicySpec["keepalive"],
): JsonObject {
  const { tcp, http } = pool ?? {};
  return filled({
    tcp: filled({
      maxConnections: int32(tcp?.maxConnections),
      connectTimeout: positive(tcp?.connectTimeout),
      idleTimeout: tcp?.idleTimeout && goDuration(tcp.idleTimeout),
      maxConnectionDuration: positive(tcp?.maxConnectionDuration),
      tcpKeepalive: filled({
        time: positive(keepalive?.time),
        interval: positive(keepalive?.interval),
        probes: keepalive?.probes,
      }),
    }),
    http: filled({
      http1MaxPendingRequests: int32(http?.maxPendingRequests),
      http2MaxRequests: int32(http?.maxRequests),
      maxRequestsPerConnection: int32(http?.maxRequestsPerConnection),
      maxRetries: int32(http?.maxRetries),
      maxConcurrentStreams: int32(http?.maxConcurrentStreams),
      idleTimeout: positive(http?.idleTimeout),
      h2UpgradePolicy: http?.h2Upgrade && UPGRADE[http.h2Upgrade],
      useClientProtocol: http?.useClientProtocol,
    }),
  });
}

const UPGRADE = { default: "DEFAULT", always: "UPGRADE", never: "DO_NOT_UPGRADE" } as const;

/** Failures of the connection itself are counted apart only with `splitExternalLocalOriginErrors`. */
function outliersOf(
  detection: Exclude<ConnectionPolicySpec["outlierDetection"], false | undefined>,
): JsonObject {
  const local = detection.consecutiveLocalOriginFailures;
  return filled({
    consecutive5xxErrors: detection.consecutiveErrors,
    consecutiveGatewayErrors: detection.consecutiveGatewayErrors,
    consecutiveLocalOriginFailures: local,
    splitExternalLocalOriginErrors: local === undefined ? undefined : true,
    interval: positive(detection.interval),
    baseEjectionTime: positive(detection.baseEjectionTime),
    maxEjectionPercent: rounded(detection.maxEjectionPercent),
    minHealthPercent: rounded(detection.minHealthPercent),
  });
}

function budgetOf(budget: NonNullable<ConnectionPolicySpec["retryBudget"]>, skip: Skip): JsonObject {
  if (skip("retryBudget.percent")) return {};
  return {
    retryBudget: { percent: budget.percent, minRetryConcurrency: Math.max(1, budget.minConcurrency) },
  };
}

type Tls = Omit<NonNullable<ConnectionPolicySpec["tls"]>, "caRef" | "certRef" | "minVersion">;

/**
 * Certificates and CAs of one's own cannot be given to sidecars. Without them the connection still uses TLS and is verified against the
 * system's CAs, so it fails rather than become plain text; Istio refuses MUTUAL without a certificate, hence SIMPLE.
 */
export function tlsOf({ mode, sni, subjectAltNames, insecureSkipVerify }: Tls): JsonObject {
  const plain = mode === "disable" || mode === "mesh";
  return filled({
    mode: plain ? (mode === "mesh" ? "ISTIO_MUTUAL" : "DISABLE") : "SIMPLE",
    sni: plain ? undefined : sni,
    subjectAltNames: plain ? undefined : subjectAltNames,
    insecureSkipVerify: !plain && insecureSkipVerify ? true : undefined,
  });
}

/** Without members that are undefined or empty objects. */
function filled(fields: Readonly<Record<string, unknown>>): JsonObject {
  const isEmpty = (value: unknown) =>
    value === undefined ||
    (typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value))) as JsonObject;
}

function goDuration(text: string): string {
  return formatDuration(durationMs(text));
}

function positive(text: string | undefined): string | undefined {
  return text === undefined || durationMs(text) === 0 ? undefined : goDuration(text);
}

function int32(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.min(value, maxInt32);
}

function rounded(percent: number | undefined): number | undefined {
  return percent === undefined ? undefined : Math.round(percent);
}
