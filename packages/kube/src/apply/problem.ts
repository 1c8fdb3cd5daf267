import type { ObjectProblem, ObjectRef } from "@heddle/api";
import { KubeError } from "../client/kube-error.ts";
import type { KubeObject, ObjectMeta } from "../kube-object.ts";

export type ProblemCode = ObjectProblem["code"];

/** What an attempt ended with when it is clear that trying again at once is of no use. */
export class ObjectRefused extends Error {
  readonly code: ProblemCode;
  readonly owner: string | undefined;
  readonly retryable = false;

  constructor(
    code: ProblemCode,
    message: string,
    options: { owner?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "ObjectRefused";
    this.code = code;
    this.owner = options.owner;
  }
}

/** An object that somebody's finalizer keeps though it was deleted; undefined of any other. */
export function keptByFinalizers({
  deletionTimestamp,
  finalizers = [],
}: ObjectMeta): ObjectRefused | undefined {
  if (deletionTimestamp === undefined || finalizers.length === 0) return undefined;
  const owner = finalizers.join(", ");
  return new ObjectRefused("Terminating", `is being deleted and waits for the finalizers ${owner}`, {
    owner,
  });
}

export type NamedObject = Pick<KubeObject, "apiVersion" | "kind" | "metadata">;

/** `objectRef` of `@heddle/api`, of which this package takes types only: loading its schemas would add 30 MB to an agent. */
export function refOf({ apiVersion, kind, metadata }: NamedObject): ObjectRef {
  return `${apiVersion}|${kind}|${metadata.namespace ?? ""}|${metadata.name}`;
}

/** The problem that an error means for an object. Messages about Secrets say which fields, never what is in them. */
export function problemOf(object: NamedObject, error: unknown): ObjectProblem {
  const owner = error instanceof ObjectRefused ? error.owner : undefined;
  return {
    object: refOf(object),
    code: codeOf(error),
    message: messageOf(object, error).slice(0, 4096),
    ...(owner ? { owner: owner.slice(0, 256) } : {}),
  };
}

/** Refused by the API server's reader, by etcd, and by the validation of ConfigMaps and Secrets. */
const tooLarge = /request is too large|larger than max|may not be more than 1048576 bytes/;

function codeOf(error: unknown): ProblemCode {
  if (error instanceof ObjectRefused) return error.code;
  if (!(error instanceof KubeError)) return "Unavailable";
  if (error.causes.some((cause) => cause.reason === "NamespaceTerminating")) return "NamespaceTerminating";
  if (error.code === "TooLarge" || tooLarge.test(error.message)) return "TooLarge";
  if (error.code === "NotFound")
    return error.details?.kind === "namespaces" ? "NamespaceMissing" : "KindMissing";
  return error.retryable || error.code === "Unauthorized" || error.code === "Protocol"
    ? "Unavailable"
    : "Rejected";
}

function messageOf(object: NamedObject, error: unknown): string {
  if (object.kind === "Secret" && error instanceof KubeError && error.status > 0) {
    const fields = error.causes.map((cause) => cause.field).filter(Boolean);
    return `${error.reason || error.code}${fields.length > 0 ? `: ${fields.join(", ")}` : ""}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Names of the managers that a conflict of server-side apply is with, and the fields. */
export function conflictsOf(error: unknown): { owner: string; fields: string } | undefined {
  if (!(error instanceof KubeError) || error.code !== "Conflict") return undefined;
  const conflicts = error.causes.filter((cause) => cause.reason === "FieldManagerConflict");
  if (conflicts.length === 0) return undefined;
  const managers = conflicts.map(
    (cause) => /conflict with "([^"]+)"/.exec(cause.message ?? "")?.[1] ?? "unknown",
  );
  return {
    owner: [...new Set(managers)].join(", "),
    fields: conflicts.map((cause) => cause.field).join(", "),
  };
}
