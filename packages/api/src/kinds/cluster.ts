import { z } from "zod";
import { checkInlineSecrets } from "../checks/inline-secret.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { dnsLabel, duration, durationMs, labels } from "../primitives.ts";

const HOUR = 3_600_000;

const spec = z.strictObject({
  labels: labels.default({}).describe("Labels that `clusterLabels` of other resources select by."),
  region: dnsLabel.exactOptional().describe("Region, for failover; as its nodes say unless set."),
  zone: dnsLabel.exactOptional().describe("Zone, for clusters that are in one; as its nodes say unless set."),
  network: dnsLabel
    .exactOptional()
    .describe("Clusters of one network reach each other's pods directly; others need gateways."),
  paused: z
    .boolean()
    .default(false)
    .describe("Keeps what the cluster has: nothing is delivered to it, nothing is pruned."),
  agent: z
    .strictObject({
      certificateTTL: duration.default("24h").describe("Lifetime of the agent's certificate, 1h to 720h."),
    })
    .exactOptional()
    .describe("The agent in the cluster."),
});
export type ClusterSpec = z.output<typeof spec>;

function check(value: ClusterSpec, report: Report): void {
  checkInlineSecrets(value.labels, ["labels"], report);
  const ttl = value.agent === undefined ? HOUR : durationMs(value.agent.certificateTTL);
  if (ttl < HOUR || ttl > 720 * HOUR)
    report({
      code: "OUT_OF_RANGE",
      path: ["agent", "certificateTTL"],
      reason: `${value.agent?.certificateTTL} is not between 1h and 720h`,
    });
  if (value.zone !== undefined && value.region === undefined)
    report({
      code: "MISSING_COMPANION",
      path: ["zone"],
      reason: "a zone is part of a region",
      remedy: "set region too",
    });
}

export const cluster = defineKind({
  kind: "Cluster",
  plural: "clusters",
  shortNames: ["cl"],
  area: "fleet",
  workspaced: false,
  summary: "A registered Kubernetes cluster with an agent in it.",
  columns: [
    { name: "Region", path: ".spec.region" },
    { name: "Network", path: ".spec.network" },
    { name: "Paused", path: ".spec.paused", type: "boolean" },
  ],
  spec,
  check,
});
