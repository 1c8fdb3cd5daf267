import { resourceKey } from "@heddle/api";
import type { MachineUnit, TranslationBuilder, UnitContext } from "@heddle/core";
import { machineObjects } from "../../machine-objects.ts";
import { machineApiVersion } from "../api-versions.ts";
import { identityOf } from "../identity.ts";

/**
 * An ExternalWorkload for each address. Linkerd makes endpoints of it once somebody sets its status to Ready; Heddle writes no status.
 * (linkerd.io/2/reference/external-workload)
 */
export function translateMachine(
  { machine }: MachineUnit,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  const { metadata, spec } = machine;
  const { identity, namespace, labels, ports } = spec;
  const { mesh } = context;
  const meshTLS =
    "spiffeId" in identity
      ? { identity: identity.spiffeId, serverName: `${metadata.name}.${mesh.clusterDomain}` }
      : asItself(identityOf(mesh, `${namespace}/${identity.serviceAccount}`));
  for (const { name, address } of machineObjects(machine, context, out))
    out.object(
      { apiVersion: machineApiVersion, kind: "ExternalWorkload", namespace, name },
      [{ resource: resourceKey(machine), path: "spec" }],
      {
        "metadata.labels": Object.keys(labels).length === 0 ? null : labels,
        "spec.meshTLS": meshTLS,
        "spec.workloadIPs": [{ ip: address }],
        "spec.ports": ports.map(({ name: portName, port }) => ({
          ...(portName !== undefined && { name: portName }),
          port,
          protocol: "TCP",
        })),
      },
    );
}

/** Proxies with certificates of Linkerd's own are asked for by their identity. */
function asItself(identity: string) {
  return { identity, serverName: identity };
}
