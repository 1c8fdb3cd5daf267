import { resourceKey } from "@heddle/api";
import type { MachineUnit, TranslationBuilder, UnitContext } from "@heddle/core";
import { machineObjects } from "../../machine-objects.ts";
import { apiVersionOf } from "../api-versions.ts";
import { serviceAccountOfSpiffeId } from "../identity.ts";

/**
 * A WorkloadEntry for each address; Services of its namespace select it by label. Without the service account that its certificate is
 * for, clients would take any member of the mesh for it, so it is left out then.
 */
export function translateMachine(
  { machine }: MachineUnit,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  const { spec } = machine;
  const { identity, namespace, labels, network, locality, weight } = spec;
  const from = { resource: resourceKey(machine), path: "spec" };
  const serviceAccount =
    "serviceAccount" in identity
      ? identity.serviceAccount
      : serviceAccountOfSpiffeId(context.mesh, namespace, identity.spiffeId);
  if (serviceAccount === undefined) {
    out.verdict(from, "unsupported", "left out: any member of the mesh could pass for it, see its identity");
    return;
  }
  const named = spec.ports.flatMap(({ name, port }) => (name === undefined ? [] : [[name, port] as const]));
  for (const { name, address } of machineObjects(machine, context, out))
    out.object(
      {
        apiVersion: apiVersionOf(context.mesh, "networking.istio.io"),
        kind: "WorkloadEntry",
        namespace,
        name,
      },
      [from],
      {
        "spec.address": address,
        "spec.serviceAccount": serviceAccount,
        "spec.labels": Object.keys(labels).length === 0 ? null : labels,
        "spec.ports": named.length === 0 ? null : Object.fromEntries(named),
        "spec.network": network ?? null,
        "spec.locality": locality ?? null,
        "spec.weight": weight ?? null,
      },
    );
}
