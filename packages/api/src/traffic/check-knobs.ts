import type { Report } from "../define-kind.ts";
import type { PathSegment } from "../finding.ts";
import { durationMs } from "../primitives.ts";
import type { HeaderChanges } from "./backend.ts";
import type { Fault, TrafficDefaults } from "./knobs.ts";

type At = readonly PathSegment[];

/** Checks the fields that rules and defaults have in common. */
export function checkKnobs(knobs: TrafficDefaults, at: At, report: Report): void {
  checkTries(knobs, at, report);
  if (knobs.fault) checkFault(knobs.fault, [...at, "fault"], report);
  if (knobs.headers !== undefined) checkHeaderChanges(knobs.headers, [...at, "headers"], report);
  if (knobs.mirror)
    knobs.mirror.forEach((copy, index) => {
      checkSubset(copy, [...at, "mirror", index], report);
    });
  const { cors, rateLimit, rewrite } = knobs;
  if (cors && cors.allowCredentials === true && cors.allowOrigins.some((origin) => matchesEverything(origin)))
    report({
      code: "INSECURE_SETTING",
      path: [...at, "cors", "allowOrigins"],
      reason: "any website may call with the user's credentials",
      remedy: "list the origins that may, or set allowCredentials: false",
    });
  if (
    rateLimit &&
    rateLimit.burst !== undefined &&
    rateLimit.burst < rateLimit.requests &&
    rateLimit.per === "second"
  )
    report({
      code: "VALUE_ORDER",
      severity: "warning",
      path: [...at, "rateLimit", "burst"],
      reason: `a burst of ${rateLimit.burst} never lets ${rateLimit.requests} requests through in one second`,
      remedy: "make burst at least as large as requests",
    });
  const rewrites = (["path", "prefix", "regex"] as const).filter((name) => rewrite?.[name] !== undefined);
  if (rewrites.length > 1)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, "rewrite", rewrites[1] ?? "path"],
      reason: `${rewrites.join(" and ")} all replace the path`,
      remedy: `keep one of ${rewrites.join(", ")}`,
    });
}

/** `version` is a short form of `subset`, so a backend has at most one of them. */
export function checkSubset(
  backend: { readonly version?: string; readonly subset?: object },
  at: At,
  report: Report,
): void {
  if (backend.version !== undefined && backend.subset !== undefined)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, "subset"],
      reason: "version is short for a subset",
      remedy: "keep either version or subset",
    });
}

/** One header can be set, added to or removed, not several of them; compared without regard to case. */
export function checkHeaderChanges(changes: HeaderChanges, at: At, report: Report): void {
  for (const direction of ["request", "response"] as const) {
    const seen = new Map<string, string>();
    const change = changes[direction];
    const uses = [
      ...Object.keys(change?.set ?? {}).map((name) => ["set", name] as const),
      ...Object.keys(change?.add ?? {}).map((name) => ["add", name] as const),
      ...(change?.remove ?? []).map((name) => ["remove", name] as const),
    ];
    for (const [field, name] of uses) {
      const before = seen.get(name.toLowerCase());
      if (before !== undefined)
        report({
          code: "EXCLUSIVE_FIELDS",
          path: [...at, direction, field],
          reason: `header ${name} is in ${before} already`,
          remedy: "change each header in one way",
        });
      seen.set(name.toLowerCase(), field);
    }
  }
}

function checkTries({ timeout, retries }: TrafficDefaults, at: At, report: Report): void {
  if (!retries) return;
  const whole = timeout?.request === undefined ? 0 : durationMs(timeout.request);
  if (retries.perTryTimeout !== undefined && whole > 0 && durationMs(retries.perTryTimeout) > whole)
    report({
      code: "TIMEOUT_ORDER",
      path: [...at, "retries", "perTryTimeout"],
      reason: `one try may take ${retries.perTryTimeout}, longer than the whole request (${timeout?.request})`,
      remedy: "make perTryTimeout shorter than timeout.request",
    });
  const unused = (["perTryTimeout", "on", "backoff"] as const).find((name) => retries[name] !== undefined);
  if (retries.attempts === 0 && unused !== undefined)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, "retries", unused],
      reason: "attempts: 0 turns retries off, so nothing else about them can be said",
      remedy: "write retries: false, or attempts of 1 or more",
    });
}

function checkFault(fault: Fault, at: At, report: Report): void {
  if (fault.delay === undefined && fault.abort === undefined)
    report({
      code: "EMPTY_POLICY",
      path: at,
      reason: "fault has neither delay nor abort",
      remedy: "set one, or false for none",
    });
  if (
    fault.abort !== undefined &&
    (fault.abort.httpStatus === undefined) === (fault.abort.grpcStatus === undefined)
  )
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, "abort"],
      reason: "an abort answers with exactly one of httpStatus and grpcStatus",
      remedy: "set one of the two",
    });
}

function matchesEverything(match: object): boolean {
  return (
    ("exact" in match && match.exact === "*") ||
    ("regex" in match && /^\.[*+]$/.test(String(match.regex))) ||
    ("present" in match && match.present === true)
  );
}
