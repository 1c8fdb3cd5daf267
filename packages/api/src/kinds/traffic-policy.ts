import { z } from "zod";
import { defineKind, type Report } from "../define-kind.ts";
import {
  dnsLabel,
  dnsSubdomain,
  duration,
  durationMs,
  headerName,
  host,
  httpMethod,
  httpStatus,
  labels,
  percent,
  port,
  regex,
} from "../primitives.ts";
import { source, target } from "../selecting.ts";
import { pathMatch, stringMatch } from "../string-match.ts";

const headerValues = z.record(headerName, z.string().max(8192));
const headerChange = z.strictObject({
  set: headerValues.exactOptional().describe("Replaces the header, or adds it."),
  add: headerValues.exactOptional().describe("Adds a value, keeping the ones that are there."),
  remove: z.array(headerName).min(1).exactOptional(),
});
export const headerChanges = z.strictObject({
  request: headerChange.exactOptional(),
  response: headerChange.exactOptional(),
});
export type HeaderChanges = z.output<typeof headerChanges>;

/** What a request can be sent to; without one, the policy's own target. */
export const destinationRef = z.strictObject({
  kind: z.enum(["Service", "VirtualDestination", "ExternalService"]).default("Service"),
  name: dnsSubdomain,
  namespace: dnsLabel.exactOptional().describe("The target's namespace unless set."),
});
export type DestinationRef = z.output<typeof destinationRef>;

const backendFields = {
  destination: destinationRef.exactOptional().describe("Where requests go; the policy's target unless set."),
  cluster: dnsSubdomain.exactOptional().describe("Only the endpoints in this cluster."),
  version: z.string().min(1).max(63).exactOptional().describe("Short for `subset: {version: …}`."),
  subset: labels.exactOptional().describe("Only the pods with these labels."),
  port: port.exactOptional(),
};
export const split = z.strictObject({
  ...backendFields,
  weight: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(1)
    .describe("Share relative to the other backends of the rule."),
  headers: headerChanges.exactOptional(),
});
export type Split = z.output<typeof split>;

export const routeMatch = z.strictObject({
  path: pathMatch.exactOptional(),
  headers: z
    .array(z.strictObject({ name: headerName, value: stringMatch }))
    .min(1)
    .exactOptional(),
  query: z
    .array(z.strictObject({ name: z.string().min(1), value: stringMatch }))
    .min(1)
    .exactOptional(),
  methods: z.array(httpMethod).min(1).exactOptional(),
  port: port.exactOptional(),
});
export type RouteMatch = z.output<typeof routeMatch>;

export const redirect = z.strictObject({
  scheme: z.enum(["http", "https"]).exactOptional(),
  host: host.exactOptional(),
  port: port.exactOptional(),
  path: z.string().startsWith("/").exactOptional().describe("Replaces the whole path."),
  prefix: z.string().startsWith("/").exactOptional().describe("Replaces the matched prefix."),
  code: z
    .union([z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)])
    .default(302),
});
export const directResponse = z.strictObject({
  status: httpStatus,
  body: z.string().max(4096).exactOptional(),
});
export const rewrite = z.strictObject({
  path: z.string().startsWith("/").exactOptional().describe("Replaces the whole path."),
  prefix: z.string().startsWith("/").exactOptional().describe("Replaces the matched prefix."),
  regex: z.strictObject({ match: regex, substitute: z.string() }).exactOptional(),
  host: host.exactOptional(),
});

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
  perTryTimeout: duration.exactOptional(),
  on: z
    .array(z.union([z.enum(retryConditions), httpStatus]))
    .min(1)
    .exactOptional(),
  backoff: duration.exactOptional().describe("Base interval between tries."),
});
export const fault = z.strictObject({
  delay: z.strictObject({ duration, percent: percent.default(100) }).exactOptional(),
  abort: z
    .strictObject({
      httpStatus: httpStatus.exactOptional(),
      grpcStatus: z.string().exactOptional(),
      percent: percent.default(100),
    })
    .exactOptional(),
});
export const mirror = z.strictObject({ ...backendFields, percent: percent.default(100) });
export const cors = z.strictObject({
  allowOrigins: z.array(stringMatch).min(1),
  allowMethods: z.array(httpMethod).exactOptional(),
  allowHeaders: z.array(headerName).exactOptional(),
  exposeHeaders: z.array(headerName).exactOptional(),
  maxAge: duration.exactOptional(),
  allowCredentials: z.boolean().exactOptional(),
});
export const rateLimit = z.strictObject({
  requests: z.int().min(1),
  per: z.enum(["second", "minute", "hour"]),
  burst: z.int().min(1).exactOptional(),
  by: z
    .array(z.string().min(1))
    .min(1)
    .exactOptional()
    .describe("`identity`, `header:NAME`, `path` or `remoteAddress`."),
  service: destinationRef
    .exactOptional()
    .describe("A global rate-limit service; each proxy counts for itself without one."),
});

/** The fields a rule leaves to `defaults` when it does not set them. `false` sets "none" and stops inheritance, as `0s` does. */
const knobs = {
  timeout: z
    .strictObject({ request: duration.exactOptional(), idle: duration.exactOptional() })
    .exactOptional(),
  retries: z.union([z.literal(false), retries]).exactOptional(),
  fault: z.union([z.literal(false), fault]).exactOptional(),
  mirror: z.union([z.literal(false), z.array(mirror).min(1)]).exactOptional(),
  headers: headerChanges.exactOptional(),
  cors: z.union([z.literal(false), cors]).exactOptional(),
  rateLimit: z.union([z.literal(false), rateLimit]).exactOptional(),
};
export const trafficDefaults = z.strictObject({
  ...knobs,
  directResponse: directResponse.exactOptional(),
  rewrite: rewrite.exactOptional(),
});
export type TrafficDefaults = z.output<typeof trafficDefaults>;

export const trafficRule = z.strictObject({
  name: dnsLabel.exactOptional(),
  match: z
    .array(routeMatch)
    .min(1)
    .exactOptional()
    .describe("Alternatives; all fields of one must hold. Without it every request."),
  split: z.array(split).min(1).exactOptional(),
  redirect: redirect.exactOptional(),
  directResponse: directResponse.exactOptional(),
  rewrite: rewrite.exactOptional(),
  ...knobs,
});
export type TrafficRule = z.output<typeof trafficRule>;

const spec = z.strictObject({
  targets: z.array(target).default([]),
  sources: z.array(source).min(1).exactOptional(),
  rules: z.array(trafficRule).default([]).describe("In order; the first rule that matches decides."),
  defaults: trafficDefaults.exactOptional(),
  onUnsupported: z
    .enum(["warn", "reject"])
    .default("warn")
    .describe("`reject` keeps the whole policy out of a cluster where a field of it cannot be expressed."),
});
export type TrafficPolicySpec = z.output<typeof spec>;

function check(value: TrafficPolicySpec, report: Report): void {
  if (value.rules.length === 0 && value.defaults === undefined)
    report({
      code: "EMPTY_POLICY",
      path: ["rules"],
      reason: "the policy has neither rules nor defaults, so it says nothing",
      remedy: "add a rule or defaults, or delete the policy",
    });
  const names = new Set<string>();
  let catchAll = -1;
  value.rules.forEach((rule, index) => {
    const at = ["rules", index] as const;
    if (rule.name !== undefined && names.has(rule.name))
      report({
        code: "DUPLICATE_NAME",
        path: [...at, "name"],
        reason: `another rule is named ${rule.name}`,
        remedy: "give each rule a name of its own",
      });
    if (rule.name !== undefined) names.add(rule.name);
    if (catchAll >= 0)
      report({
        code: "UNREACHABLE_RULE",
        severity: "warning",
        path: at,
        reason: `rule ${catchAll} has no match and takes every request before this one`,
        remedy: `move rules[${catchAll}] to the end or give it a match`,
      });
    else if (rule.match === undefined) catchAll = index;
    checkActions(rule, at, report);
    checkKnobs(rule, at, report);
  });
  if (value.defaults !== undefined) checkKnobs(value.defaults, ["defaults"], report);
}

function checkActions(rule: TrafficRule, at: readonly (string | number)[], report: Report): void {
  const actions = (["split", "redirect", "directResponse"] as const).filter(
    (name) => rule[name] !== undefined,
  );
  if (actions.length > 1)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, actions[1] ?? ""],
      reason: `${actions.join(" and ")} cannot both decide what happens to a request`,
      remedy: `keep one of ${actions.join(", ")}`,
    });
  const total = rule.split?.reduce((sum, backend) => sum + backend.weight, 0);
  if (total === 0)
    report({
      code: "ZERO_WEIGHT",
      path: [...at, "split"],
      reason: "the weights add up to 0, so no backend would get requests",
      remedy: "give at least one backend a weight above 0",
    });
  rule.split?.forEach((backend, index) => {
    if (backend.version !== undefined && backend.subset !== undefined)
      report({
        code: "EXCLUSIVE_FIELDS",
        path: [...at, "split", index, "subset"],
        reason: "version is short for a subset",
        remedy: "keep either version or subset",
      });
  });
  if (
    rule.rewrite?.prefix !== undefined &&
    !rule.match?.every((match) => match.path !== undefined && "prefix" in match.path)
  )
    report({
      code: "REWRITE_NEEDS_PREFIX",
      path: [...at, "rewrite", "prefix"],
      reason: "a prefix can only be replaced where every match of the rule has a path prefix",
      remedy: "match on path.prefix, or use rewrite.path or rewrite.regex",
    });
}

function checkKnobs(knobsOf: TrafficDefaults, at: readonly (string | number)[], report: Report): void {
  const { timeout, retries: retry, fault: faults } = knobsOf;
  if (retry && retry.perTryTimeout !== undefined && timeout?.request !== undefined) {
    const total = durationMs(timeout.request);
    if (total > 0 && durationMs(retry.perTryTimeout) > total)
      report({
        code: "TIMEOUT_ORDER",
        severity: "warning",
        path: [...at, "retries", "perTryTimeout"],
        reason: `one try may take ${retry.perTryTimeout}, longer than the whole request (${timeout.request})`,
        remedy: "make perTryTimeout shorter than timeout.request",
      });
  }
  if (faults && faults.delay === undefined && faults.abort === undefined)
    report({
      code: "EMPTY_POLICY",
      path: [...at, "fault"],
      reason: "fault has neither delay nor abort",
      remedy: "set one, or false for none",
    });
  if (
    faults &&
    faults.abort !== undefined &&
    (faults.abort.httpStatus === undefined) === (faults.abort.grpcStatus === undefined)
  )
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, "fault", "abort"],
      reason: "an abort answers with exactly one of httpStatus and grpcStatus",
      remedy: "set one of the two",
    });
}

export const trafficPolicy = defineKind({
  kind: "TrafficPolicy",
  plural: "trafficpolicies",
  shortNames: ["tp"],
  area: "traffic",
  workspaced: true,
  summary: "How requests to a destination are matched, split, changed, delayed, retried and limited.",
  spec,
  check,
});
