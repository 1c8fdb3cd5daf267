import type { AccessRule } from "@heddle/core";
import { shortHash } from "@heddle/core";

/**
 * Name of an object that one policy gives for one subject (a Service, a namespace): `POLICY.SUBJECT`, with a hash where that could be
 * said by two different pairs. Subjects are DNS labels, so two segments always mean the default workspace and a plain policy name.
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
