import { z } from "zod";
import { checkUnique } from "../checks/check-unique.ts";
import { checkInlineSecrets } from "../checks/inline-secret.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { dialectNames } from "../inventory/facts.ts";
import { dnsLabel, dnsSubdomain, duration, jsonObject, percent, semver } from "../primitives.ts";
import { refersTo } from "../reference-mark.ts";
import { clusterLabels, placement } from "../selecting.ts";

const clusterNames = z.array(refersTo("Cluster", dnsSubdomain)).min(1);

const spec = z.strictObject({
  dialect: z.enum(dialectNames).describe("The mesh product."),
  version: semver.describe("Version of the control plane."),
  revision: dnsLabel
    .exactOptional()
    .describe("Revision name, so that several versions can run side by side; needed for canary upgrades."),
  namespace: dnsLabel
    .exactOptional()
    .describe("Namespace of the control plane; the product's usual one unless set."),
  clusters: placement.clusters,
  clusterLabels: placement.clusterLabels,
  engine: z
    .enum(["helm", "sail"])
    .default("helm")
    .describe("What installs it: the product's Helm charts, or the Sail operator (Istio only)."),
  profile: dnsLabel.exactOptional().describe("Named set of values of the product, e.g. Istio's `ambient`."),
  values: jsonObject.exactOptional().describe("Values for the charts, on top of those that Heddle sets."),
  overrides: z
    .array(
      z.strictObject({
        clusters: clusterNames.exactOptional().describe("In these clusters."),
        clusterLabels: clusterLabels.exactOptional().describe("In clusters with these labels."),
        values: jsonObject.describe("Values on top of the others."),
      }),
    )
    .min(1)
    .exactOptional()
    .describe("Values that differ between clusters; later ones win."),
  upgrade: z
    .strictObject({
      strategy: z
        .enum(["inPlace", "canary"])
        .default("inPlace")
        .describe(
          "`inPlace` replaces the control plane; `canary` runs the new one beside it and moves namespaces over.",
        ),
      batches: z
        .array(
          z.union([
            z.strictObject({ clusters: clusterNames.describe("These clusters.") }),
            z.strictObject({ clusterLabels: clusterLabels.describe("Clusters with these labels.") }),
            z.strictObject({
              percent: percent.describe("This share of all clusters, counting earlier batches."),
            }),
          ]),
        )
        .min(1)
        .exactOptional()
        .describe("Clusters that are upgraded together, in order; all at once unless set."),
      soak: duration.default("0s").describe("How long a batch must be healthy before the next."),
      keepOld: duration
        .exactOptional()
        .describe("How long a replaced revision stays after its last workload left; for canary."),
    })
    .exactOptional()
    .describe("How a new version gets in."),
});
export type MeshInstallationSpec = z.output<typeof spec>;

function check(value: MeshInstallationSpec, report: Report): void {
  const istio = value.dialect === "istio" || value.dialect === "istio-ambient";
  if (value.engine === "sail" && !istio)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: ["engine"],
      reason: `the Sail operator does not install ${value.dialect}`,
      remedy: "write engine: helm",
    });
  if (value.upgrade?.strategy === "canary" && value.revision === undefined)
    report({
      code: "MISSING_COMPANION",
      path: ["revision"],
      reason: "a canary upgrade runs two revisions, which need names",
      remedy: "set revision, e.g. to the version with dashes",
    });
  if (value.upgrade?.keepOld !== undefined && value.upgrade.strategy !== "canary")
    report({
      code: "MISSING_COMPANION",
      path: ["upgrade", "keepOld"],
      reason: "only a canary upgrade leaves an old revision",
      remedy: "remove it, or write strategy: canary",
    });
  checkBatches(value.upgrade?.batches ?? [], report);
  checkInlineSecrets(value.values, ["values"], report);
  value.overrides?.forEach((override, index) => {
    checkInlineSecrets(override.values, ["overrides", index, "values"], report);
  });
}

function checkBatches(
  batches: NonNullable<NonNullable<MeshInstallationSpec["upgrade"]>["batches"]>,
  report: Report,
) {
  const at = ["upgrade", "batches"];
  let reached = 0;
  batches.forEach((batch, index) => {
    if (!("percent" in batch)) return;
    if (batch.percent <= reached)
      report({
        code: "VALUE_ORDER",
        path: [...at, index, "percent"],
        reason: `an earlier batch reached ${reached} percent already`,
        remedy: "let the percentages grow",
      });
    reached = Math.max(reached, batch.percent);
  });
  checkUnique(
    batches.flatMap((batch) => ("clusters" in batch ? batch.clusters : [])),
    at,
    (name) => name,
    report,
  );
}

export const meshInstallation = defineKind({
  kind: "MeshInstallation",
  plural: "meshinstallations",
  shortNames: ["mi"],
  area: "topology",
  workspaced: false,
  summary: "A mesh product that Heddle installs and upgrades in clusters.",
  columns: [
    { name: "Dialect", path: ".spec.dialect" },
    { name: "Version", path: ".spec.version" },
    { name: "Revision", path: ".spec.revision" },
  ],
  spec,
  check,
});
