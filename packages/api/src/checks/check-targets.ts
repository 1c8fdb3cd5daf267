import { canonical } from "../canonical.ts";
import type { Report } from "../define-kind.ts";
import type { PathSegment } from "../finding.ts";
import type { Source, Target, TargetKind } from "../selecting.ts";

const inNamespace: ReadonlySet<TargetKind> = new Set(["Service", "Workload"]);
const withPorts: ReadonlySet<TargetKind> = new Set([
  "Service",
  "VirtualDestination",
  "ExternalService",
  "Workload",
]);

/** Checks `targets` of a policy. Kinds in `allowed` can be targets of it; all unless given. */
export function checkTargets(
  targets: readonly Target[],
  report: Report,
  allowed?: readonly TargetKind[],
  at: readonly PathSegment[] = ["targets"],
): void {
  const seen = new Set<string>();
  targets.forEach((target, index) => {
    const here = [...at, index];
    if (allowed !== undefined && !allowed.includes(target.kind))
      report({
        code: "INVALID_VALUE",
        path: [...here, "kind"],
        reason: `a ${target.kind} cannot be a target here`,
        remedy: `use one of ${allowed.join(", ")}`,
      });
    checkSelection(target, here, report);
    if (target.ports !== undefined && !withPorts.has(target.kind))
      report({
        code: "MISSING_COMPANION",
        path: [...here, "ports"],
        reason: `a ${target.kind} has no ports`,
        remedy: `remove ports, or target one of ${[...withPorts].join(", ")}`,
      });
    const text = canonical(target);
    if (seen.has(text))
      report({ code: "DUPLICATE_TARGET", path: here, reason: "the same target is listed before" });
    seen.add(text);
  });
}

/** Checks how one thing is selected: by name, which Services and Workloads have within a namespace, or by labels. */
export function checkSelection(
  target: Pick<Target, "kind" | "name" | "namespace" | "namespaces" | "labels">,
  at: readonly PathSegment[],
  report: Report,
): void {
  const { kind, name, namespace, namespaces, labels } = target;
  if (name !== undefined && labels !== undefined)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, "labels"],
      reason: "name already selects one object",
      remedy: "keep either name or labels",
    });
  if (name !== undefined && namespace === undefined && inNamespace.has(kind))
    report({
      code: "TARGET_WITHOUT_NAMESPACE",
      path: [...at, "name"],
      reason: `${kind} ${name} could be in any namespace`,
    });
  if (namespace !== undefined && namespaces !== undefined)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: [...at, "namespaces"],
      reason: "namespace and namespaces both say where the target is",
      remedy: "use namespace with name, namespaces otherwise",
    });
  if (!inNamespace.has(kind) && (namespace !== undefined || namespaces !== undefined))
    report({
      code: "MISSING_COMPANION",
      path: [...at, namespace !== undefined ? "namespace" : "namespaces"],
      reason: `a ${kind} is in no namespace`,
      remedy: "remove it",
    });
}

/** Checks `sources` of a policy: an empty one would concern every client. */
export function checkSources(sources: readonly Source[] | undefined, report: Report): void {
  sources?.forEach((source, index) => {
    if (Object.keys(source).length === 0)
      report({
        code: "EMPTY_CONDITION",
        path: ["sources", index],
        reason: "an empty source concerns every client",
        remedy: "say which clients, or leave sources out for every client",
      });
    if (source.serviceAccounts !== undefined && source.namespaces === undefined)
      report({
        code: "MISSING_COMPANION",
        path: ["sources", index, "serviceAccounts"],
        reason: "service accounts are named within a namespace",
        remedy: "set namespaces too",
      });
  });
}
