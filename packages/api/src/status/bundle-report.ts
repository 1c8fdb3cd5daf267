import { z } from "zod";

/** `apiVersion|kind|namespace|name`; the namespace is empty for cluster-scoped objects. The one written form of an object's identity. */
export type ObjectRef = `${string}|${string}|${string}|${string}`;

export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export function objectRef(object: ObjectName): ObjectRef {
  return `${object.apiVersion}|${object.kind}|${object.namespace}|${object.name}`;
}

export function parseObjectRef(ref: ObjectRef): ObjectName {
  const [apiVersion = "", kind = "", namespace = "", name = ""] = ref.split("|");
  return { apiVersion, kind, namespace, name };
}

/**
 * Why an object of a bundle is not in the API server as it should be.
 * `NotOwned`: a user's object of that name exists; `FieldConflict`: another manager owns a field; `Rejected`: the API server or a webhook
 * refused it; `Unavailable`: not decided yet, will be tried again; `KindMissing`: no such API; `NamespaceMissing`; `TooLarge`; `Malformed`;
 * `Terminating`: it is being deleted and somebody's finalizer keeps it; `Drifted`: changed by hand and drift is only reported.
 */
export const objectProblemCodes = [
  "NotOwned",
  "FieldConflict",
  "Rejected",
  "Unavailable",
  "KindMissing",
  "NamespaceMissing",
  "NamespaceTerminating",
  "Terminating",
  "TooLarge",
  "Malformed",
  "Drifted",
] as const;

export const objectProblem = z.strictObject({
  object: z.string().max(1024),
  code: z.enum(objectProblemCodes),
  message: z.string().max(4096),
  /** Who holds the object or the field: a field manager's name. */
  owner: z.string().max(256).exactOptional(),
});
export type ObjectProblem = z.output<typeof objectProblem>;

/** What an agent did with one bundle. Objects that are in place are only counted. */
export const bundleReport = z.strictObject({
  bundle: z.string().max(1024),
  /** Hash of the bundle's content that was applied; empty when the bundle was removed, or, with problems, when it is not there as a whole any more. */
  hash: z.string().max(128),
  /** Revision of the delivery that brought it. */
  revision: z.int(),
  objects: z.int().min(0),
  problems: z.array(objectProblem).max(10_000),
});
export type BundleReport = z.output<typeof bundleReport>;
