import type { Report } from "../define-kind.ts";
import type { ConnectionPolicySpec } from "../kinds/connection-policy.ts";
import { durationMs } from "../primitives.ts";
import type { HealthCheck } from "../traffic/health-check.ts";
import type { LoadBalancer } from "../traffic/load-balancer.ts";
import type { OutlierDetection } from "../traffic/outlier-detection.ts";

/** Checks the settings of a ConnectionPolicy that are not about TLS. */
export function checkConnection(value: ConnectionPolicySpec, report: Report): void {
  const { loadBalancer, outlierDetection, healthCheck } = value;
  if (loadBalancer !== undefined) checkLoadBalancer(loadBalancer, report);
  if (outlierDetection) checkOutliers(outlierDetection, report);
  if (healthCheck) checkHealth(healthCheck, report);
  if (loadBalancer?.locality?.failover !== undefined && !outlierDetection && !healthCheck)
    report({
      code: "MISSING_COMPANION",
      severity: "warning",
      path: ["loadBalancer", "locality", "failover"],
      reason: "without outlierDetection or healthCheck no proxy notices that a region failed",
      remedy: "set outlierDetection, unless another policy of the target does",
    });
  const http = value.connectionPool?.http;
  if (http?.h2Upgrade === "always" && http.useClientProtocol === true)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: ["connectionPool", "http", "useClientProtocol"],
      reason: "the protocol is either the client's or always HTTP/2",
      remedy: "keep one of h2Upgrade, useClientProtocol",
    });
}

function checkLoadBalancer(value: LoadBalancer, report: Report): void {
  const at = ["loadBalancer"];
  const hashed = value.algorithm === "ringHash" || value.algorithm === "maglev";
  if (hashed && value.hash === undefined)
    report({
      code: "MISSING_COMPANION",
      path: [...at, "hash"],
      reason: `${value.algorithm} needs to know what to hash`,
      remedy: "set hash",
    });
  const only: readonly (readonly [keyof LoadBalancer, readonly string[]])[] = [
    ["hash", ["ringHash", "maglev"]],
    ["choiceCount", ["leastRequest"]],
    ["ringSize", ["ringHash"]],
    ["tableSize", ["maglev"]],
    ["warmup", ["roundRobin", "leastRequest"]],
  ];
  for (const [field, algorithms] of only)
    if (value[field] !== undefined && value.algorithm !== undefined && !algorithms.includes(value.algorithm))
      report({
        code: "EXCLUSIVE_FIELDS",
        path: [...at, field],
        reason: `${field} has no meaning with ${value.algorithm}`,
        remedy: `remove it, or use ${algorithms.join(" or ")}`,
      });
  const { min, max } = value.ringSize ?? {};
  if (min !== undefined && max !== undefined && min > max)
    report({
      code: "VALUE_ORDER",
      path: [...at, "ringSize", "max"],
      reason: `max ${max} is less than min ${min}`,
    });
  checkLocality(value.locality ?? {}, [...at, "locality"], report);
}

function checkLocality(
  value: NonNullable<LoadBalancer["locality"]>,
  at: readonly string[],
  report: Report,
): void {
  const ways = (["failover", "failoverPriority", "distribute"] as const).filter(
    (name) => value[name] !== undefined,
  );
  if (ways.length > 1 && !(ways.length === 2 && ways[0] === "failover" && ways[1] === "failoverPriority"))
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, ways[1] ?? "distribute"],
      reason: `${ways.join(" and ")} cannot both decide where traffic goes`,
      remedy: "keep distribute, or failover with failoverPriority",
    });
  if (value.enabled === false && ways.length > 0)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, ways[0] ?? "enabled"],
      reason: "enabled: false turns it off",
      remedy: "remove enabled, or remove the rest",
    });
  value.failover?.forEach((entry, index) => {
    if (entry.from === entry.to)
      report({
        code: "EXCLUSIVE_FIELDS",
        path: [...at, "failover", index, "to"],
        reason: `${entry.to} cannot take over from itself`,
        remedy: "name another region",
      });
  });
  value.distribute?.forEach((entry, index) => {
    const sum = Object.values(entry.to).reduce((total, share) => total + share, 0);
    if (sum !== 100)
      report({
        code: "WEIGHT_SUM",
        path: [...at, "distribute", index, "to"],
        reason: `the shares add up to ${sum}, not to 100`,
      });
  });
}

function checkOutliers(value: OutlierDetection, report: Report): void {
  const at = ["outlierDetection"];
  const { baseEjectionTime: base, maxEjectionTime: longest } = value;
  if (base !== undefined && longest !== undefined && durationMs(base) > durationMs(longest))
    report({
      code: "VALUE_ORDER",
      path: [...at, "maxEjectionTime"],
      reason: `it (${longest}) is shorter than baseEjectionTime (${base})`,
    });
  if (Object.keys(value).length === 0)
    report({
      code: "EMPTY_POLICY",
      path: at,
      reason: "no detector is set",
      remedy: "set consecutiveErrors, or false for never",
    });
}

function checkHealth(value: HealthCheck, report: Report): void {
  const at = ["healthCheck"];
  const ways = (["http", "tcp", "grpc"] as const).filter((name) => value[name] !== undefined);
  if (ways.length !== 1)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: ways.length === 0 ? at : [...at, ways[1] ?? "tcp"],
      reason: ways.length === 0 ? "it does not say how to check" : `${ways.join(" and ")} are both set`,
      remedy: "set exactly one of http, tcp, grpc",
    });
  if (durationMs(value.timeout) > durationMs(value.interval))
    report({
      code: "TIMEOUT_ORDER",
      path: [...at, "timeout"],
      reason: `an answer may take ${value.timeout}, the next check comes after ${value.interval}`,
    });
}
