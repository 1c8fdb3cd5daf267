import type { DestinationFact, DialectName, MeshFact, ResourceKey, WorkloadFact } from "@heddle/api";
import type { EffectiveAccess } from "../policy/effective-access.ts";
import type { EffectiveAuthentication } from "../policy/effective-authentication.ts";
import type { EffectiveTraffic } from "../policy/effective-traffic.ts";
import type { CapabilityTable, Refine } from "./capability.ts";
import type { TranslationBuilder } from "./contribution.ts";
import type { Detector } from "./detector.ts";

/** What every translator may ask beside its unit. */
export interface UnitContext {
  readonly cluster: string;
  readonly mesh: MeshFact;
  /** Another Service of the same cluster; asking makes the unit depend on it. */
  destination(namespace: string, name: string): DestinationFact | undefined;
  /** Whether the mesh cannot say the field at this path of the resource, by the dialect's tables. */
  unsupported(resource: ResourceKey, path: string): boolean;
}

export interface SecurityUnit {
  readonly access: EffectiveAccess | undefined;
  readonly authentication: EffectiveAuthentication | undefined;
}

export interface DestinationUnit extends SecurityUnit {
  readonly destination: DestinationFact;
  /** The workloads behind it, in a stable order. */
  readonly workloads: readonly WorkloadFact[];
  readonly traffic: EffectiveTraffic | undefined;
}

export interface WorkloadUnit extends SecurityUnit {
  readonly workload: WorkloadFact;
}

export interface NamespaceUnit extends SecurityUnit {
  readonly namespace: string;
}

/** The whole mesh of the context. */
export interface MeshUnit extends SecurityUnit {}

/**
 * A mesh product as a translation target. Everything here is pure and synchronous; what a mesh cannot say is a verdict, never an
 * exception. A level that a dialect has no objects for has no translator.
 */
export interface Dialect {
  readonly name: DialectName;
  readonly capabilities: CapabilityTable;
  readonly refine?: Refine;
  readonly detector: Detector;
  readonly translate: {
    readonly destination?: (unit: DestinationUnit, context: UnitContext, out: TranslationBuilder) => void;
    readonly workload?: (unit: WorkloadUnit, context: UnitContext, out: TranslationBuilder) => void;
    readonly namespace?: (unit: NamespaceUnit, context: UnitContext, out: TranslationBuilder) => void;
    readonly mesh?: (unit: MeshUnit, context: UnitContext, out: TranslationBuilder) => void;
  };
}
