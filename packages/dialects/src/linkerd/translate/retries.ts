import { durationMs, formatDuration, type TrafficRule } from "@heddle/api";

const GRPC = new Set(["cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"]);

export interface RetryConditions {
  readonly http: readonly string[];
  readonly grpc: readonly string[];
}

/** What Linkerd can retry on, in its words; undefined when none of it. (linkerd.io, "Retries and timeouts") */
export function retryConditionsOf(on: readonly (string | number)[]): RetryConditions | undefined {
  const http = on.flatMap((condition) => {
    if (typeof condition === "number") return [String(condition)];
    if (condition === "retriable-4xx") return ["409"];
    return condition === "5xx" || condition === "gateway-error" ? [condition] : [];
  });
  const grpc = on.filter(
    (condition): condition is string => typeof condition === "string" && GRPC.has(condition),
  );
  return http.length + grpc.length === 0 ? undefined : { http, grpc };
}

/** Where the policy does not say on what: the failures that a mesh may retry safely. */
const defaultConditions: RetryConditions = { http: ["gateway-error"], grpc: ["cancelled", "unavailable"] };

/** Annotations of a route; a limit of 0 would be ignored by Linkerd, so "no retries" is no annotation. */
export function retryAnnotations(retries: NonNullable<TrafficRule["retries"]>): Record<string, string> {
  if (retries === false || retries.attempts === 0) return {};
  const conditions = retries.on === undefined ? defaultConditions : retryConditionsOf(retries.on);
  if (conditions === undefined) return {};
  return {
    ...(conditions.http.length > 0 && { "retry.linkerd.io/http": conditions.http.join(",") }),
    ...(conditions.grpc.length > 0 && { "retry.linkerd.io/grpc": conditions.grpc.join(",") }),
    "retry.linkerd.io/limit": String(retries.attempts),
    ...(retries.perTryTimeout && {
      "retry.linkerd.io/timeout": formatDuration(durationMs(retries.perTryTimeout)),
    }),
  };
}
