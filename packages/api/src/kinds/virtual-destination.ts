import { z } from "zod";
import { checkPorts } from "../checks/check-ports.ts";
import { checkSelection } from "../checks/check-targets.ts";
import { checkUnique } from "../checks/check-unique.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { dnsSubdomain, host, labels, port } from "../primitives.ts";
import { refersTo } from "../reference-mark.ts";
import { exportTo, namespaceName, placement } from "../selecting.ts";
import { regionFailover, servicePort } from "../traffic/endpoint.ts";

const selector = refersTo(
  "byKind",
  z.strictObject({
    kind: z.enum(["Service", "ExternalService", "Workload"]).default("Service").describe("What is selected."),
    name: dnsSubdomain.exactOptional().describe("Selects those of this name."),
    namespace: namespaceName.exactOptional().describe("Namespace of the named object."),
    namespaces: z.array(namespaceName).min(1).exactOptional().describe("Selects within these namespaces."),
    labels: labels.exactOptional().describe("Selects what has all of these labels."),
    ...placement,
  }),
);

const spec = z.strictObject({
  hosts: z.array(host).min(1).max(64).describe("Names under which it is called."),
  ports: z.array(servicePort).min(1).max(64).describe("Ports under which it is called."),
  backends: z
    .array(
      z.strictObject({
        selector: selector.describe("What serves it."),
        port: port.exactOptional().describe("Port of the backend; the one that was called unless set."),
        priority: z
          .int()
          .min(0)
          .max(127)
          .default(0)
          .describe("Backends of a lower number are used while they are well; for failover by `priority`."),
        weight: z
          .int()
          .min(0)
          .max(1_000_000)
          .default(1)
          .describe("Share relative to the other backends of this priority."),
      }),
    )
    .min(1)
    .max(1000)
    .describe("What serves it, wherever it runs."),
  failover: z
    .strictObject({
      by: z
        .enum(["priority", "locality"])
        .default("locality")
        .describe("`priority`: as the backends say; `locality`: the nearest that is well."),
      regions: regionFailover.describe("Which region takes over from which; for `locality`."),
    })
    .exactOptional()
    .describe(
      "What happens when backends fail. Whether they fail, a ConnectionPolicy's outlierDetection says.",
    ),
  exportTo,
});
export type VirtualDestinationSpec = z.output<typeof spec>;

function check(value: VirtualDestinationSpec, report: Report): void {
  checkUnique(value.hosts, ["hosts"], (name) => name, report);
  checkPorts(value.ports, ["ports"], report);
  value.hosts.forEach((name, index) => {
    if (name.startsWith("*"))
      report({
        code: "INVALID_FORMAT",
        path: ["hosts", index],
        reason: `${name} cannot be resolved to one address`,
        remedy: "write a name without *",
      });
  });
  value.backends.forEach(({ selector: about }, index) => {
    const at = ["backends", index, "selector"];
    checkSelection(about, at, report);
    if (about.name === undefined && about.labels === undefined)
      report({
        code: "EMPTY_CONDITION",
        path: at,
        reason: "a backend is selected by name or by labels",
        remedy: "set name or labels",
      });
  });
  const byPriority = Map.groupBy(value.backends, (backend) => backend.priority);
  for (const [priority, group] of byPriority)
    if (group.every((backend) => backend.weight === 0))
      report({
        code: "ZERO_WEIGHT",
        path: ["backends"],
        reason: `the weights of priority ${priority} add up to 0`,
      });
  if (byPriority.size > 1 && value.failover?.by !== "priority")
    report({
      code: "MISSING_COMPANION",
      path: ["failover", "by"],
      reason: "backends have different priorities, which count only for failover by priority",
      remedy: "write failover: {by: priority}, or remove the priorities",
    });
  if (value.failover?.by === "priority" && value.failover.regions !== undefined)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: ["failover", "regions"],
      reason: "regions count only for failover by locality",
      remedy: "remove regions, or write by: locality",
    });
}

export const virtualDestination = defineKind({
  kind: "VirtualDestination",
  plural: "virtualdestinations",
  shortNames: ["vd"],
  area: "traffic",
  workspaced: true,
  summary: "A name that stands for backends in several clusters, with failover between them.",
  columns: [{ name: "Hosts", path: ".spec.hosts" }],
  spec,
  check,
});
