import { canonicalJson, type Json, type Labels, shortHash } from "@heddle/core";
import { dnsLabelOf } from "../../object-names.ts";

/** What stands for the pods of a selector in names of objects that Services with the same pods share; with what is said there, if that counts. */
export function sharedPods(selector: Labels, ...said: readonly Json[]): string {
  const label = dnsLabelOf(Object.values(selector).sort()[0] ?? "pods").slice(0, 40);
  return `${label}-${shortHash(canonicalJson([selector, ...said]))}`;
}
