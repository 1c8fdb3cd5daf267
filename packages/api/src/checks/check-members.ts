import type { Report } from "../define-kind.ts";
import type { Member, MemberRole } from "../kinds/virtual-mesh.ts";
import { didYouMean, nearestName } from "../nearest-name.ts";
import { checkUnique } from "./check-unique.ts";

/** Which roles can run the control plane of a member in this role; empty: it has its own. */
const controllers: Readonly<Record<MemberRole, readonly MemberRole[]>> = {
  primary: [],
  external: [],
  config: ["external"],
  remote: ["primary", "external", "config"],
};

/**
 * Checks the members of a virtual mesh: the invariants of Istio's deployment models that one document can show. Roles may be mixed freely as
 * long as every member is run by a control plane that is a member too. https://istio.io/latest/docs/ops/deployment/deployment-models/
 */
export function checkMembers(members: readonly Member[], report: Report): void {
  checkUnique(members, ["members"], (member) => `${member.cluster}/${member.mesh ?? ""}`, report);
  const byCluster = Map.groupBy(members, (member) => member.cluster);
  members.forEach((member, index) => {
    const problem = (field: string, reason: string, remedy: string) => {
      report({ code: "INVALID_TOPOLOGY", path: ["members", index, field], reason, remedy });
    };
    const others = byCluster.get(member.cluster) ?? [];
    if (others.length > 1 && others.some((other) => other.mesh === undefined))
      problem("mesh", `${member.cluster} is a member more than once`, "name the mesh of each");
    const network = others.find((other) => other.network !== undefined)?.network;
    if (member.network !== undefined && network !== member.network)
      problem(
        "network",
        `${member.cluster} is in network ${network} by another entry`,
        "a cluster is in one network",
      );

    const allowed = controllers[member.role];
    if (allowed.length === 0) {
      if (member.controlledBy !== undefined)
        problem(
          "controlledBy",
          `a ${member.role} runs its own control plane`,
          "remove controlledBy or change role",
        );
      return;
    }
    if (member.controlledBy === undefined) {
      problem(
        "controlledBy",
        `a ${member.role} needs a control plane in another cluster`,
        "name that cluster",
      );
      return;
    }
    const controller = byCluster.get(member.controlledBy)?.find((other) => allowed.includes(other.role));
    if (member.controlledBy === member.cluster)
      problem(
        "controlledBy",
        "a member cannot be controlled by itself",
        "name another cluster, or use role: primary",
      );
    else if (controller === undefined)
      problem(
        "controlledBy",
        byCluster.has(member.controlledBy)
          ? `${member.controlledBy} is not ${allowed.map((role) => `a ${role}`).join(" or ")}`
          : `${member.controlledBy} is not a member${didYouMean(nearestName(member.controlledBy, byCluster.keys()))}`,
        `name a member that is ${allowed.join(" or ")}`,
      );
  });
  checkExternal(members, report);
}

/** An external control plane has its configuration in exactly one other cluster. */
function checkExternal(members: readonly Member[], report: Report): void {
  const configs = Map.groupBy(
    members.filter((member) => member.role === "config"),
    (member) => member.controlledBy ?? "",
  );
  members.forEach((member, index) => {
    if (member.role !== "external") return;
    const count = configs.get(member.cluster)?.length ?? 0;
    if (count !== 1)
      report({
        code: "INVALID_TOPOLOGY",
        path: ["members", index, "role"],
        reason: `the external control plane in ${member.cluster} has ${count} config clusters, it needs exactly one`,
        remedy: `make exactly one member role: config, controlledBy: ${member.cluster}`,
      });
  });
}
