import type { ObjectRef } from "@heddle/api";

/** `group|kind|namespace|name`: what the API server tells objects apart by. All versions of an API are views of the same objects. */
export type ObjectIdentity = string;

export function objectIdentity(ref: ObjectRef): ObjectIdentity {
  const end = ref.indexOf("|");
  return ref.slice(0, Math.max(0, ref.lastIndexOf("/", end))) + ref.slice(end);
}
