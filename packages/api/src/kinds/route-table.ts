import { z } from "zod";
import { checkUnique } from "../checks/check-unique.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { dnsLabel, dnsSubdomain, host, labels } from "../primitives.ts";
import { refersTo } from "../reference-mark.ts";
import { checkKnobs } from "../traffic/check-knobs.ts";
import { checkRules } from "../traffic/check-rules.ts";
import { trafficDefaults } from "../traffic/knobs.ts";
import { trafficRule } from "../traffic/rule.ts";

const routeRule = trafficRule.extend({
  delegate: refersTo(
    "RouteTable",
    z.strictObject({
      name: dnsSubdomain.exactOptional().describe("The route table of this name."),
      labels: labels
        .exactOptional()
        .describe("All route tables with these labels, in the order of their `order`."),
      workspace: refersTo("Workspace", dnsLabel)
        .exactOptional()
        .describe("Workspace of the tables; this one unless set."),
    }),
  )
    .exactOptional()
    .describe("Leaves the decision to other route tables, which add their own matches to this one's."),
});
export type RouteRule = z.output<typeof routeRule>;

const spec = z.strictObject({
  gateways: z
    .array(
      z.strictObject({
        name: refersTo("Gateway", dnsSubdomain).describe("Name of the Gateway."),
        workspace: refersTo("Workspace", dnsLabel)
          .exactOptional()
          .describe("Workspace of the Gateway; this one unless set."),
        listener: dnsLabel.exactOptional().describe("Only this listener of it; all unless set."),
      }),
    )
    .min(1)
    .exactOptional()
    .describe("Gateways that serve it; none for a table that is only delegated to."),
  hosts: z
    .array(host)
    .min(1)
    .max(256)
    .exactOptional()
    .describe("Hosts that it is for; none for a table that is only delegated to."),
  rules: z.array(routeRule).min(1).max(5000).describe("In order; the first rule that matches decides."),
  defaults: trafficDefaults.exactOptional().describe("Fields that rules leave unset."),
  order: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe("Place among tables that are delegated to by label; lower comes first."),
});
export type RouteTableSpec = z.output<typeof spec>;

function check(value: RouteTableSpec, report: Report): void {
  if ((value.gateways === undefined) !== (value.hosts === undefined))
    report({
      code: "MISSING_COMPANION",
      path: [value.hosts === undefined ? "hosts" : "gateways"],
      reason: "a table at a gateway has gateways and hosts; one that is delegated to has neither",
      remedy: "set both or none",
    });
  checkUnique(value.hosts, ["hosts"], (name) => name, report);
  checkUnique(
    value.gateways,
    ["gateways"],
    (entry) => `${entry.workspace ?? ""}/${entry.name}/${entry.listener ?? ""}`,
    report,
  );
  checkRules(value.rules, ["rules"], report);
  if (value.defaults !== undefined) checkKnobs(value.defaults, ["defaults"], report);
  value.rules.forEach((rule, index) => {
    checkDecision(rule, ["rules", index], report);
  });
}

/** Unlike a TrafficPolicy, a route table has no target of its own that requests could go to. */
function checkDecision(rule: RouteRule, at: readonly (string | number)[], report: Report): void {
  const actions = (["split", "redirect", "directResponse"] as const).filter(
    (name) => rule[name] !== undefined,
  );
  if (rule.delegate === undefined) {
    if (actions.length === 0)
      report({
        code: "MISSING_COMPANION",
        path: at,
        reason: "the rule does not say where its requests go",
        remedy: "set split, redirect, directResponse or delegate",
      });
    rule.split?.forEach((backend, index) => {
      if (backend.destination === undefined)
        report({
          code: "MISSING_FIELD",
          path: [...at, "split", index, "destination"],
          reason: "a route table has no target that requests could go to instead",
        });
      else if (backend.destination.kind === "Service" && backend.destination.namespace === undefined)
        report({
          code: "TARGET_WITHOUT_NAMESPACE",
          path: [...at, "split", index, "destination", "name"],
          reason: "a route table is in no namespace, so a name alone could mean several Services",
        });
    });
    return;
  }
  if (actions.length > 0)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, actions[0] ?? "split"],
      reason: `${actions[0]} and delegate cannot both decide what happens to a request`,
      remedy: `keep one of ${actions.join(", ")}, delegate`,
    });
  if (rule.rewrite !== undefined)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, "rewrite"],
      reason: "a rewrite is about the path that its own rule sends on; it is not handed down",
      remedy: "move it to the rules of the other tables",
    });
  if ((rule.delegate.name === undefined) === (rule.delegate.labels === undefined))
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, "delegate"],
      reason: "tables are delegated to by name or by labels",
      remedy: "set exactly one of name, labels",
    });
}

export const routeTable = defineKind({
  kind: "RouteTable",
  plural: "routetables",
  shortNames: ["rt"],
  area: "traffic",
  workspaced: true,
  summary: "Where requests for hosts go that come in at gateways; can delegate parts to other teams' tables.",
  columns: [{ name: "Hosts", path: ".spec.hosts" }],
  spec,
  check,
});
