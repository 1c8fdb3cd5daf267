import type { Labels, TargetLevel } from "@heddle/core";

/** Where a security object stands and which workloads it selects: a Service's or workload's pods, a namespace, or the whole mesh. */
export interface Scope {
  readonly level: TargetLevel;
  readonly namespace: string;
  /** Name of the subject, for object names. */
  readonly subject: string;
  /** Undefined selects every workload of the namespace (of the mesh, in the root namespace). */
  readonly selector: Labels | undefined;
  /** Ports of the workloads behind a port of the target. */
  readonly workloadPorts: (port: number) => readonly number[];
}
