import type { z } from "zod";
import type { PathSegment, Severity } from "./finding.ts";
import type { FindingCode } from "./finding-catalogue.ts";

/** Reports one semantic problem of a spec; `path` is relative to `spec`. Severity and remedy are the catalogue's unless given. */
export type Report = (problem: {
  readonly code: FindingCode;
  readonly path: readonly PathSegment[];
  readonly reason: string;
  readonly remedy?: string;
  readonly severity?: Severity;
}) => void;

export type Area = "fleet" | "topology" | "traffic" | "security" | "extension" | "observability" | "delivery";

/** A column of lists: of `kubectl get` through the CRD, and of Heddle's own CLI. */
export interface Column {
  readonly name: string;
  /** Kubernetes' JSONPath, e.g. `.spec.action`. */
  readonly path: string;
  readonly type?: "string" | "integer" | "boolean";
}

/** How a kind is named in lists and on the command line. */
export interface KindNames {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
}

/** One resource kind: everything that generation, validation and the reference pages need to know about it. */
export interface Kind<Name extends string = string, Spec extends z.ZodType = z.ZodType> extends KindNames {
  readonly kind: Name;
  readonly area: Area;
  /** False for kinds that belong to the whole fleet (Cluster, Workspace): their `metadata.workspace` is always `default`. */
  readonly workspaced: boolean;
  readonly summary: string;
  readonly spec: Spec;
  readonly columns?: readonly Column[];
  /** Checks that a schema cannot say: sums, orders, references within the document. */
  readonly check?: (spec: z.output<Spec>, report: Report) => void;
}

export function defineKind<const Name extends string, Spec extends z.ZodType>(
  kind: Kind<Name, Spec>,
): Kind<Name, Spec> {
  return kind;
}
