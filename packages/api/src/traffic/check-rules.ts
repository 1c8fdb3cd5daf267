import type { Report } from "../define-kind.ts";
import type { PathSegment } from "../finding.ts";
import { checkHeaderChanges, checkKnobs, checkSubset } from "./check-knobs.ts";
import { coversAll } from "./coverage.ts";
import type { RouteMatch } from "./match.ts";
import type { TrafficRule } from "./rule.ts";

type At = readonly PathSegment[];

/** Beyond this many rules only those without a match are looked for above a rule: comparing all pairs would cost their square. */
const PAIRWISE_LIMIT = 500;

/** Checks a list of rules in which the first that matches decides. */
export function checkRules(rules: readonly TrafficRule[], at: At, report: Report): void {
  const names = new Set<string>();
  rules.forEach((rule, index) => {
    const here = [...at, index];
    if (rule.name !== undefined && names.has(rule.name))
      report({
        code: "DUPLICATE_NAME",
        path: [...here, "name"],
        reason: `another rule is named ${rule.name}`,
        remedy: "give each rule a name of its own",
      });
    if (rule.name !== undefined) names.add(rule.name);
    checkActions(rule, here, report);
    checkKnobs(rule, here, report);
    rule.match?.forEach((match, number) => {
      checkMatch(match, [...here, "match", number], report);
    });
  });
  checkReachable(rules, at, report);
}

function checkReachable(rules: readonly TrafficRule[], at: At, report: Report): void {
  const catchAll = rules.findIndex((rule) => rule.match === undefined);
  rules.forEach((rule, index) => {
    const above =
      catchAll >= 0 && catchAll < index
        ? catchAll
        : index < PAIRWISE_LIMIT
          ? rules.slice(0, index).findIndex((earlier) => coversAll(earlier.match, rule.match))
          : -1;
    if (above < 0) return;
    const why =
      rules[above]?.match === undefined ? "has no match and takes every request" : "takes all its requests";
    report({
      code: "UNREACHABLE_RULE",
      path: [...at, index],
      reason: `rule ${above} ${why} before this one`,
      remedy: `move rule ${index} above rule ${above}, or remove it`,
    });
  });
}

function checkMatch(match: RouteMatch, at: At, report: Report): void {
  if (Object.keys(match).length === 0)
    report({
      code: "EMPTY_CONDITION",
      path: at,
      reason: "an empty match takes every request",
      remedy: "say what it matches, or leave match out to take every request",
    });
  const names = new Set<string>();
  match.headers?.forEach((header, index) => {
    const name = header.name.toLowerCase();
    if (names.has(name))
      report({
        code: "DUPLICATE_NAME",
        path: [...at, "headers", index, "name"],
        reason: `header ${header.name} is matched twice`,
        remedy: "combine both conditions into one expression",
      });
    names.add(name);
  });
}

function checkActions(rule: TrafficRule, at: At, report: Report): void {
  const actions = (["split", "redirect", "directResponse"] as const).filter(
    (name) => rule[name] !== undefined,
  );
  if (actions.length > 1)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, actions[1] ?? "split"],
      reason: `${actions.join(" and ")} cannot both decide what happens to a request`,
      remedy: `keep one of ${actions.join(", ")}`,
    });
  if (rule.redirect?.path !== undefined && rule.redirect.prefix !== undefined)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, "redirect", "prefix"],
      reason: "path and prefix both replace the path",
      remedy: "keep one of path, prefix",
    });
  const total = rule.split?.reduce((sum, backend) => sum + backend.weight, 0);
  if (total === 0)
    report({
      code: "ZERO_WEIGHT",
      path: [...at, "split"],
      reason: "the weights add up to 0, so no backend would get requests",
    });
  rule.split?.forEach((backend, index) => {
    const here = [...at, "split", index];
    checkSubset(backend, here, report);
    if (backend.headers !== undefined) checkHeaderChanges(backend.headers, [...here, "headers"], report);
  });
  for (const action of ["rewrite", "redirect"] as const)
    if (
      rule[action]?.prefix !== undefined &&
      !rule.match?.every((match) => match.path !== undefined && "prefix" in match.path)
    )
      report({
        code: "REWRITE_NEEDS_PREFIX",
        path: [...at, action, "prefix"],
        reason: "a prefix can only be replaced where every match of the rule has a path prefix",
      });
}
