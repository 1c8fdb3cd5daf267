import type { WorkloadFact } from "@heddle/api";
import type { AccessRule } from "@heddle/core";
import { shortHash } from "@heddle/core";

/**
 * Name of an object that one policy gives for one subject (a Service, a namespace): `POLICY.SUBJECT`, with a hash where that could be
 * said by two different pairs. Policy names with dots get a hash, so what stands after the first dot is the subject.
 */
export function policyObjectName(policy: Pick<AccessRule, "name" | "workspace">, subject: string): string {
  const plain =
    policy.workspace === "default" && !policy.name.includes(".") && policy.name.length + subject.length < 250;
  if (plain) return `${policy.name}.${subject}`;
  const hash = shortHash(`${policy.workspace}/${policy.name}/${subject}`);
  return `${policy.name.slice(0, 170)}.${subject.slice(0, 63)}.${hash}`;
}

/** A DNS label made of any text: lower-case, other characters as `-`, a hash where something was lost. */
export function dnsLabelOf(text: string): string {
  const label = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return label === text && label.length <= 63 && label !== ""
    ? label
    : `${label.slice(0, 50)}-${shortHash(text)}`.replace(/^-/, "x-");
}

/** A workload as the subject of object names: a Service of the same name, which has no dots, is another subject. */
export function workloadSubject({ workloadKind, name }: Pick<WorkloadFact, "workloadKind" | "name">): string {
  return `${workloadKind.toLowerCase()}.${name}`;
}
