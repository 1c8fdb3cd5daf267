import type { DestinationFact, WorkloadFact } from "@heddle/api";

/** Container port numbers behind a Service port; several where workloads give a named port different numbers. */
export function workloadPorts(
  destination: DestinationFact,
  workloads: readonly WorkloadFact[],
  servicePort: number,
): number[] {
  const declared = destination.ports.find(({ port }) => port === servicePort);
  const target = declared?.targetPort ?? servicePort;
  if (typeof target === "number") return [target];
  const numbers = workloads.flatMap((workload) =>
    workload.ports.filter(({ name }) => name === target).map(({ port }) => port),
  );
  return [...new Set(numbers)].sort((a, b) => a - b);
}
