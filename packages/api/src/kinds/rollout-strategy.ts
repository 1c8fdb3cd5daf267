import { z } from "zod";
import { checkUnique } from "../checks/check-unique.ts";
import { hasCredentials } from "../checks/inline-secret.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { cron, dnsLabel, dnsSubdomain, duration, durationMs, labels, percent } from "../primitives.ts";
import { refersTo } from "../reference-mark.ts";
import { secretRef } from "../secret-ref.ts";
import { placement } from "../selecting.ts";

const gate = z.union([
  z.strictObject({
    programmed: z
      .strictObject({
        percent: percent.default(100).describe("Share of the stage's clusters that must have it."),
        within: duration.default("10m").describe("The stage fails when it takes longer."),
      })
      .describe("The stage's clusters have applied the change without errors."),
  }),
  z.strictObject({
    approval: z
      .strictObject({
        count: z.int().min(1).max(10).default(1).describe("How many people."),
        groups: z
          .array(z.string().min(1).max(256))
          .min(1)
          .exactOptional()
          .describe("Only people of these groups."),
      })
      .describe("People approve."),
  }),
  z.strictObject({
    metric: z
      .strictObject({
        provider: z
          .url({ protocol: /^https?$/, error: "must be an http or https URL" })
          .describe("Address of a Prometheus server."),
        query: z.string().min(1).max(8192).describe("PromQL that gives one number."),
        min: z.number().exactOptional().describe("The number must not be below."),
        max: z.number().exactOptional().describe("The number must not be above."),
        for: duration.default("5m").describe("How long it must hold."),
        authRef: secretRef.exactOptional().describe("Bearer token for the server."),
      })
      .describe("A metric stays within limits."),
  }),
  z.strictObject({
    webhook: z
      .strictObject({
        url: z
          .url({ protocol: /^https?$/, error: "must be an http or https URL" })
          .describe("It is asked by POST; 2xx lets the stage pass."),
        timeout: duration.default("30s").describe("How long an answer may take."),
        authRef: secretRef.exactOptional().describe("Bearer token that is sent."),
      })
      .describe("A service of yours agrees."),
  }),
]);
export type Gate = z.output<typeof gate>;

const stage = z.strictObject({
  name: dnsLabel.describe("Name of the stage."),
  clusters: z.array(refersTo("Cluster", dnsSubdomain)).min(1).exactOptional().describe("These clusters."),
  clusterLabels: placement.clusterLabels,
  percent: percent
    .exactOptional()
    .describe("This share of the clusters that are left; all that are left unless anything is set."),
  maxConcurrent: z
    .int()
    .min(1)
    .max(10_000)
    .exactOptional()
    .describe("Clusters that are changed at once; all unless set."),
  soak: duration
    .default("0s")
    .describe("How long to wait after the clusters have the change, before the gates are asked."),
  gates: z
    .array(gate)
    .default([{ programmed: { percent: 100, within: "10m" } }])
    .describe("What must be true before the next stage; all of them."),
});

const spec = z.strictObject({
  selector: z
    .strictObject({
      kinds: z
        .array(z.string().regex(/^[A-Z][A-Za-z]{0,62}$/, "must be a kind"))
        .min(1)
        .exactOptional()
        .describe("Kinds of resources; all unless set."),
      names: z.array(dnsSubdomain).min(1).exactOptional().describe("Resources of these names."),
      labels: labels.exactOptional().describe("Resources with these labels."),
    })
    .default({})
    .describe("Which resources of the workspace are rolled out like this; all unless set."),
  stages: z
    .array(stage)
    .min(1)
    .max(64)
    .describe("In order. A cluster belongs to the first stage that selects it."),
  windows: z
    .array(
      z.strictObject({
        cron: cron.describe("When a window opens: minute, hour, day of month, month, day of week, in UTC."),
        duration: duration.describe("How long it is open."),
      }),
    )
    .min(1)
    .exactOptional()
    .describe("Stages begin only within one of these; at any time unless set."),
  onFailure: z
    .enum(["pause", "rollback"])
    .default("pause")
    .describe("What happens when a stage fails: wait for a person, or put the last generation back."),
});
export type RolloutStrategySpec = z.output<typeof spec>;

function check(value: RolloutStrategySpec, report: Report): void {
  checkUnique(value.stages, ["stages"], (entry) => entry.name, report, { field: "name" });
  checkUnique(
    value.stages.flatMap((entry) => entry.clusters ?? []),
    ["stages"],
    (name) => name,
    report,
  );
  const rest = value.stages.findIndex(
    (entry) =>
      entry.clusters === undefined && entry.clusterLabels === undefined && (entry.percent ?? 100) === 100,
  );
  if (rest >= 0 && rest < value.stages.length - 1)
    report({
      code: "UNREACHABLE_RULE",
      severity: "error",
      path: ["stages", rest + 1],
      reason: `stage ${value.stages[rest]?.name} takes all clusters that are left`,
      remedy: "move it to the end, or give it clusters, clusterLabels or percent",
    });
  value.stages.forEach((entry, index) => {
    entry.gates.forEach((asked, number) => {
      checkGate(asked, ["stages", index, "gates", number], report);
    });
    if (entry.clusters !== undefined && entry.clusterLabels !== undefined)
      report({
        code: "EXCLUSIVE_FIELDS",
        path: ["stages", index, "clusterLabels"],
        reason: "clusters already names them",
        remedy: "keep either clusters or clusterLabels",
      });
  });
  value.windows?.forEach((window, index) => {
    if (durationMs(window.duration) < 60_000)
      report({
        code: "OUT_OF_RANGE",
        path: ["windows", index, "duration"],
        reason: `a window of ${window.duration} is over before a stage can begin`,
        remedy: "open it for at least 1m",
      });
  });
}

function checkGate(value: Gate, at: readonly (string | number)[], report: Report): void {
  const url = "metric" in value ? value.metric.provider : "webhook" in value ? value.webhook.url : "";
  if (hasCredentials(url))
    report({
      code: "INLINE_SECRET",
      path: [...at, "metric" in value ? "metric" : "webhook"],
      reason: "the address holds a password",
    });
  if (!("metric" in value)) return;
  const { min, max } = value.metric;
  if (min === undefined && max === undefined)
    report({
      code: "MISSING_COMPANION",
      path: [...at, "metric"],
      reason: "there is no limit",
      remedy: "set min, max or both",
    });
  if (min !== undefined && max !== undefined && min > max)
    report({
      code: "VALUE_ORDER",
      path: [...at, "metric", "max"],
      reason: `max ${max} is less than min ${min}`,
    });
}

export const rolloutStrategy = defineKind({
  kind: "RolloutStrategy",
  plural: "rolloutstrategies",
  shortNames: ["ro"],
  area: "delivery",
  workspaced: true,
  summary: "In which order clusters get a change, and what must be true before the next ones do.",
  columns: [{ name: "On-Failure", path: ".spec.onFailure" }],
  spec,
  check,
});
