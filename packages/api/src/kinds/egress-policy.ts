import { z } from "zod";
import { checkTargets } from "../checks/check-targets.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { host, ipBlock, labels, port } from "../primitives.ts";
import { namespaceName, targets } from "../selecting.ts";
import { destinationRef } from "../traffic/backend.ts";

const reachable = z.strictObject({
  destination: destinationRef.exactOptional().describe("This destination."),
  namespaces: z.array(namespaceName).min(1).exactOptional().describe("All services of these namespaces."),
  labels: labels.exactOptional().describe("Services with these labels."),
  hosts: z.array(host).min(1).exactOptional().describe("These hosts, in the mesh or outside."),
  ipBlocks: z.array(ipBlock).min(1).exactOptional().describe("These addresses outside of the mesh."),
  ports: z.array(port).min(1).exactOptional().describe("Only these ports."),
});
export type Reachable = z.output<typeof reachable>;

const spec = z.strictObject({
  targets: targets.describe("Which clients it is for: workloads, meshes or workspaces."),
  outbound: z
    .enum(["allowAny", "registryOnly"])
    .exactOptional()
    .describe(
      "Whether calls may leave to what no mesh knows. Not a security boundary where proxies can be bypassed.",
    ),
  reachable: z
    .array(reachable)
    .exactOptional()
    .describe("What the clients' proxies are told about, as alternatives; everything visible unless set."),
});
export type EgressPolicySpec = z.output<typeof spec>;

function check(value: EgressPolicySpec, report: Report): void {
  checkTargets(value.targets, report, ["Workload", "Mesh", "VirtualMesh", "Workspace"]);
  if (value.outbound === undefined && value.reachable === undefined)
    report({ code: "EMPTY_POLICY", path: [], reason: "neither outbound nor reachable is set" });
  value.reachable?.forEach((entry, index) => {
    const at = ["reachable", index];
    const { ports, ...what } = entry;
    if (Object.keys(what).length === 0)
      report({
        code: "EMPTY_CONDITION",
        path: at,
        reason: ports === undefined ? "an empty entry reaches everything" : "it does not say whose ports",
        remedy: "say what is reachable, or leave reachable out for everything",
      });
    if (entry.destination !== undefined && Object.keys(what).length > 1)
      report({
        code: "EXCLUSIVE_FIELDS",
        path: [...at, Object.keys(what).find((field) => field !== "destination") ?? "labels"],
        reason: "destination already names what is reachable",
        remedy: "use one entry for each",
      });
    if (entry.destination?.kind === "Service" && entry.destination.namespace === undefined)
      report({
        code: "TARGET_WITHOUT_NAMESPACE",
        path: [...at, "destination", "name"],
        reason: `Service ${entry.destination.name} could be in any namespace`,
      });
  });
}

export const egressPolicy = defineKind({
  kind: "EgressPolicy",
  plural: "egresspolicies",
  shortNames: ["ep"],
  area: "traffic",
  workspaced: true,
  summary: "What clients can call, and what their proxies are told about.",
  columns: [{ name: "Outbound", path: ".spec.outbound" }],
  spec,
  check,
});
