import { z } from "zod";
import { checkSources, checkTargets } from "../checks/check-targets.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { sources, targets } from "../selecting.ts";
import { checkKnobs } from "../traffic/check-knobs.ts";
import { checkRules } from "../traffic/check-rules.ts";
import { trafficDefaults } from "../traffic/knobs.ts";
import { trafficRule } from "../traffic/rule.ts";

const spec = z.strictObject({
  targets,
  sources,
  rules: z.array(trafficRule).default([]).describe("In order; the first rule that matches decides."),
  defaults: trafficDefaults.exactOptional().describe("Fields that rules leave unset."),
  onUnsupported: z
    .enum(["warn", "reject"])
    .default("warn")
    .describe("`reject` keeps the whole policy out of a cluster where a field of it cannot be expressed."),
});
export type TrafficPolicySpec = z.output<typeof spec>;

function check(value: TrafficPolicySpec, report: Report): void {
  checkTargets(value.targets, report);
  checkSources(value.sources, report);
  if (value.rules.length === 0 && value.defaults === undefined)
    report({
      code: "EMPTY_POLICY",
      path: ["rules"],
      reason: "the policy has neither rules nor defaults, so it says nothing",
      remedy: "add a rule or defaults, or delete the policy",
    });
  checkRules(value.rules, ["rules"], report);
  if (value.defaults !== undefined) checkKnobs(value.defaults, ["defaults"], report);
}

export const trafficPolicy = defineKind({
  kind: "TrafficPolicy",
  plural: "trafficpolicies",
  shortNames: ["tp"],
  area: "traffic",
  workspaced: true,
  summary: "How requests to a destination are matched, split, changed, delayed, retried and limited.",
  columns: [{ name: "Targets", path: ".spec.targets[*].name" }],
  spec,
  check,
});
