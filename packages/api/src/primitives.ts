import { z } from "zod";

/** DNS label (RFC 1123), at most 63 characters: the form of Kubernetes namespaces and of Heddle's workspaces. */
export const dnsLabel = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "must be a DNS label: lower-case letters, digits and '-', at most 63",
  )
  .meta({ description: "DNS label (RFC 1123): lower-case letters, digits and '-', at most 63 characters." });

/** DNS subdomain (RFC 1123), at most 253 characters: the form of most Kubernetes object names. */
export const dnsSubdomain = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    "must be a DNS subdomain: lower-case letters, digits, '-' and '.', at most 253",
  )
  .meta({ description: "DNS subdomain (RFC 1123), at most 253 characters." });

const DURATION = /^(?:0|(?:\d{1,5}(?:h|ms|m|s)){1,4})$/;

/** GEP-2257 duration: up to four integer components with the units h, m, s, ms; `0s` is zero. */
export const duration = z
  .string()
  .regex(DURATION, "must be a duration such as 250ms, 3s, 1m30s or 1h")
  .meta({ description: "Duration (GEP-2257), e.g. `250ms`, `3s`, `1m30s`, `1h`.", examples: ["3s"] });

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Milliseconds of a valid duration; `NaN` when the text is not a duration. */
export function durationMs(text: string): number {
  if (!DURATION.test(text)) return Number.NaN;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(h|ms|m|s)/g))
    total += Number(amount) * (UNIT_MS[unit ?? ""] ?? 0);
  return total;
}

/** The largest single exact unit, `90s` not `1m30s`: accepted by Go's parser, GEP-2257 and Linkerd's annotations alike. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0s";
  for (const unit of ["h", "m", "s"] as const) {
    const size = UNIT_MS[unit] ?? 1;
    if (ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

/** Percentage, 0 to 100; fractions are allowed. */
export const percent = z.number().min(0).max(100).meta({ description: "Percentage, 0 to 100." });

export const port = z.int().min(1).max(65535).meta({ description: "Port number, 1 to 65535." });

export const httpStatus = z.int().min(200).max(599).meta({ description: "HTTP status code, 200 to 599." });

/** HTTP header name (RFC 9110 token). Compared without regard to case; stored as written. */
export const headerName = z
  .string()
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/, "must be an HTTP header name")
  .meta({ description: "HTTP header name (RFC 9110)." });

export const httpMethod = z
  .enum(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"])
  .meta({ description: "HTTP method." });

/** Host name or wildcard host (`*.example.com`). */
export const host = z
  .string()
  .max(253)
  .regex(
    /^(\*|(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)$/,
    "must be a host name or *.host",
  )
  .meta({ description: "Host name, or a wildcard such as `*.example.com`." });

/** RE2 pattern; what JavaScript cannot compile is refused too, RE2-only refusals (backreferences, look-around) are checked here. */
export const regex = z
  .string()
  .min(1)
  .max(1024)
  .refine((text) => !/\(\?(?:[=!]|<[=!])|\\[1-9]/.test(text), "look-around and back-references are not RE2")
  .refine((text) => compiles(text), "is not a valid regular expression")
  .meta({ description: "RE2 regular expression, matched against the whole value." });

function compiles(text: string): boolean {
  try {
    new RegExp(text.replace(/^\(\?[ims]+\)/, ""));
    return true;
  } catch {
    return false;
  }
}

/** Kubernetes label value or empty. */
export const labelValue = z
  .string()
  .regex(/^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/, "must be a label value");

/** Kubernetes label key, with an optional DNS prefix. */
export const labelKey = z
  .string()
  .regex(
    /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    "must be a label key",
  );

export const labels = z
  .record(labelKey, labelValue)
  .meta({ description: "Labels that must all be present with these values." });

/** Free-form JSON object: what Heddle hands on without reading it. */
export const jsonObject = z
  .record(z.string(), z.unknown())
  .meta({ description: "Any JSON object; handed on as it is." });

/** IP address or CIDR block, v4 or v6. */
export const ipBlock = z
  .string()
  .refine(
    (text) => anyIp.safeParse(text).success || anyCidr.safeParse(text).success,
    "must be an IP address or CIDR block",
  )
  .meta({ description: "IP address or CIDR block." });
const anyIp = z.union([z.ipv4(), z.ipv6()]);
const anyCidr = z.union([z.cidrv4(), z.cidrv6()]);

/** IP address or host name: where something can be connected to. */
export const address = z
  .string()
  .max(253)
  .refine(
    (text) => anyIp.safeParse(text).success || concreteHost.test(text),
    "must be an IP address or a host name",
  )
  .meta({ description: "IP address or host name." });
const concreteHost = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Semantic version 2.0, without a leading `v`. */
export const semver = z
  .string()
  .max(128)
  .regex(
    /^(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,9})(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/,
    "must be a version such as 1.30.3",
  )
  .meta({ description: "Semantic version, e.g. `1.30.3`." });

const COMPARATOR = String.raw`(?:[~^]|[<>]=?|=)?\s*v?(?:\d{1,10}|[xX*])(?:\.(?:\d{1,10}|[xX*])){0,2}(?:-[0-9A-Za-z.-]+)?`;
const SEMVER_RANGE = new RegExp(
  String.raw`^${COMPARATOR}(?:(?:\s+-\s+|\s*,\s*|\s*\|\|\s*|\s+)${COMPARATOR}){0,15}$`,
);

/** Range of semantic versions, as npm and Flux write them: `>=1.2.0 <2`, `~1.4`, `1.x || 3.x`. */
export const semverRange = z
  .string()
  .max(256)
  .refine((text) => SEMVER_RANGE.test(text), "must be a range of versions such as >=1.2.0 <2.0.0")
  .meta({ description: "Range of semantic versions, e.g. `>=1.2.0 <2.0.0`, `~1.4` or `1.x`." });

const CRON_FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

/** Cron expression of five numeric fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday). */
export const cron = z
  .string()
  .max(256)
  .refine(isCron, "must be a cron expression of five fields such as 0 2 * * 1-5")
  .meta({
    description: "Cron expression: minute, hour, day of month, month, day of week, e.g. `0 2 * * 1-5`.",
  });

function isCron(text: string): boolean {
  const fields = text.trim().split(/\s+/);
  return (
    fields.length === CRON_FIELDS.length &&
    CRON_FIELDS.every(([min, max], index) =>
      (fields[index] ?? "").split(",").every((part) => isCronPart(part, min, max)),
    )
  );
}

function isCronPart(part: string, min: number, max: number): boolean {
  const parsed = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
  if (parsed === null) return false;
  const from = parsed[1] === undefined ? min : Number(parsed[1]);
  const to = parsed[2] === undefined ? from : Number(parsed[2]);
  return from >= min && to <= max && from <= to && parsed[3] !== "0";
}

/** SPIFFE ID of one workload. */
export const spiffeId = z
  .string()
  .max(2048)
  .regex(/^spiffe:\/\/[a-z0-9._-]{1,255}(\/[A-Za-z0-9._-]+)+$/, "must be spiffe://trust-domain/path")
  .meta({ description: "SPIFFE ID, `spiffe://trust-domain/path`." });

/** Sentence in Google's Common Expression Language; only its length is checked here. */
export const cel = z
  .string()
  .min(1)
  .max(4096)
  .meta({ description: "Expression in CEL, e.g. `response.code >= 400`." });
