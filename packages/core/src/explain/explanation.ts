import type { ObjectRef, ResourceKey } from "@heddle/api";
import type { ClientCondition } from "../policy/client-class.ts";
import type { Provenance } from "../provenance.ts";

/** A field's value, who said it, and who did not get heard. */
export interface ExplainedField {
  /** E.g. `timeout.request`, `mtls.mode`, or a path in an object. */
  readonly field: string;
  readonly value: unknown;
  readonly from: readonly Provenance[];
  readonly lost: readonly LostField[];
}

/** `overridden` by rank or level; `conflicted` when only age or strictness decides. */
export interface LostField extends Provenance {
  readonly value: unknown;
  readonly outcome: "overridden" | "conflicted";
  readonly why: string;
}

/** A policy that bears on something, and where it stands among those of its kind. */
export interface RankedPolicy {
  readonly resource: ResourceKey;
  /** From 1 within the kind; the first is heard first. Undefined where all of a kind count, or level and strictness decide. */
  readonly rank: number | undefined;
  /** Who says it, how it names target and clients, since when. */
  readonly reason: string;
  /** Why it stands before the next one of its kind; undefined for the last. */
  readonly before: string | undefined;
}

/** One rule as the clients of a class get it. */
export interface ExplainedRule {
  readonly name: string;
  /** Undefined for what no rule takes. */
  readonly from: Provenance | undefined;
  /** Alternatives; undefined takes every request. */
  readonly match: unknown;
  readonly ports: readonly number[] | undefined;
  readonly action: unknown;
  readonly fields: readonly ExplainedField[];
}

/** What holds for one class of clients in one mesh; each client belongs to the first class that it fits. */
export interface ExplainedClients {
  readonly mesh: string;
  readonly clients: ClientCondition;
  readonly rules: readonly ExplainedRule[];
  /** Of connections, by field; fields of one port as `PORT: field`. */
  readonly connection: readonly ExplainedField[];
}

/** An access rule; all of them count. */
export interface ExplainedAccess {
  readonly resource: ResourceKey;
  readonly action: string;
  readonly level: string;
  readonly ports: readonly number[] | undefined;
  readonly from: unknown;
  readonly to: unknown;
  readonly dryRun: boolean;
}

/** Something that was said and does not hold. */
export interface Unheard extends Provenance {
  readonly outcome: "shadowed" | "keptOut" | "refused";
  readonly why: string;
}

/** Why a destination, workload, namespace or mesh of one cluster is treated as it is. */
export interface Explanation {
  readonly cluster: string;
  readonly kind: string;
  /** `namespace/name`, or the name alone where there is no namespace. */
  readonly name: string;
  readonly meshes: readonly string[];
  /** By kind, then in rank order. */
  readonly chain: readonly RankedPolicy[];
  readonly clients: readonly ExplainedClients[];
  readonly access: readonly ExplainedAccess[];
  /** What happens to calls that no access rule is about, with who says so. */
  readonly defaultAccess: ExplainedField;
  readonly authentication: readonly ExplainedField[];
  readonly unheard: readonly Unheard[];
  /** Objects that it contributes to. */
  readonly objects: readonly ObjectRef[];
}

/** One object of a cluster and where each of its fields comes from. */
export interface ExplainedObject {
  readonly cluster: string;
  readonly object: ObjectRef;
  readonly value: unknown;
  readonly fields: readonly ExplainedField[];
}

/** What one resource comes to at one of the things it bears on. */
export interface ResourceEffect {
  readonly cluster: string;
  readonly kind: string;
  readonly name: string;
  /** From 1; undefined where rank decides nothing. */
  readonly rank: number | undefined;
  /** Policies of its kind that bear on the same. */
  readonly of: number;
  readonly reason: string;
  /** Fields that hold as it says, each once whatever the clients. */
  readonly won: readonly { readonly field: string; readonly value: unknown; readonly path: string }[];
  readonly lost: readonly (LostField & {
    readonly field: string /** Who holds the field. */;
    readonly to: readonly Provenance[];
  })[];
  readonly unheard: readonly Unheard[];
  readonly objects: readonly ObjectRef[];
}
