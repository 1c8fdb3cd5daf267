import { type ObjectRef, parseObjectRef } from "@heddle/api";

/** An object for people: `VirtualService shop/reviews`. */
export function objectLabel(ref: ObjectRef): string {
  const { kind, namespace, name } = parseObjectRef(ref);
  return `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}
