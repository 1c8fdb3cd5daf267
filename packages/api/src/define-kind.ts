import type { z } from "zod";
import type { PathSegment, Severity } from "./finding.ts";

/** Reports one semantic problem of a spec; `path` is relative to `spec`. */
export type Report = (problem: {
  readonly code: string;
  readonly path: readonly PathSegment[];
  readonly reason: string;
  readonly remedy: string;
  readonly severity?: Severity;
}) => void;

export type Area = "fleet" | "topology" | "traffic" | "security" | "extension" | "observability" | "delivery";

/** One resource kind: everything that generation, validation and the reference pages need to know about it. */
export interface Kind<Name extends string = string, Spec extends z.ZodType = z.ZodType> {
  readonly kind: Name;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly area: Area;
  /** False for kinds that belong to the whole fleet (Cluster, Workspace): their `metadata.workspace` is always `default`. */
  readonly workspaced: boolean;
  readonly summary: string;
  readonly spec: Spec;
  /** Checks that a schema cannot say: sums, orders, references within the document. */
  readonly check?: (spec: z.output<Spec>, report: Report) => void;
}

export function defineKind<const Name extends string, Spec extends z.ZodType>(
  kind: Kind<Name, Spec>,
): Kind<Name, Spec> {
  return kind;
}
