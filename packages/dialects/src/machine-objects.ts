import { type ResourceKey, type ResourceOf, resourceKey } from "@heddle/api";
import type { TranslationBuilder, UnitContext } from "@heddle/core";
import { policyObjectName } from "./object-names.ts";

/** What stands for a machine at one of its addresses: meshes take one address an object. */
export interface MachineObject {
  readonly namespace: string;
  readonly name: string;
  readonly address: string;
}

/** Objects of a machine, one for each address that the mesh can say. */
export function machineObjects(
  machine: ResourceOf<"ExternalWorkload">,
  { unsupported }: UnitContext,
  out: TranslationBuilder,
): MachineObject[] {
  const { metadata, spec } = machine;
  const key: ResourceKey = resourceKey(machine);
  const objects = spec.addresses.flatMap((address, index) =>
    unsupported(key, `spec.addresses[${index}]`)
      ? []
      : [
          {
            namespace: spec.namespace,
            name: policyObjectName(metadata, index === 0 ? "machine" : `machine-${index}`),
            address,
          },
        ],
  );
  if (objects.length === 0)
    out.verdict(
      { resource: key, path: "spec" },
      "unsupported",
      "left out: it has no address that can be said",
    );
  return objects;
}

export function isHostName(address: string): boolean {
  return !/^\d+(\.\d+){3}$|:/.test(address);
}
