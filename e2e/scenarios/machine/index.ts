import type { Scenario } from "../scenario.ts";
import { addresses } from "./addresses.ts";
import { cluster } from "./cluster.ts";
import { impostor } from "./impostor.ts";
import { joins } from "./joins.ts";
import { namespace } from "./namespace.ts";
import { nearMachine } from "./near-machine.ts";
import { network } from "./network.ts";
import { spiffeId } from "./spiffe-id.ts";
import { unnamedPort } from "./unnamed-port.ts";
import { weight } from "./weight.ts";

/** About machines, each with a service of its own in the namespace that they belong to. */
export const machineScenarios: Readonly<Record<string, Scenario>> = {
  addresses: addresses,
  cluster: cluster,
  impostor: impostor,
  joins: joins,
  namespace: namespace,
  "near-machine": nearMachine,
  network: network,
  "spiffe-id": spiffeId,
  "unnamed-port": unnamedPort,
  weight: weight,
};
