import type { Scenario } from "../scenario.ts";
import { external } from "./external.ts";
import { externalTls } from "./external-tls.ts";
import { reachable } from "./reachable.ts";
import { reachableDestination } from "./reachable-destination.ts";
import { registryOnly } from "./registry-only.ts";
import { virtualDestination } from "./virtual.ts";

/** About what clients may call, whatever is called: they run one after the other. */
export const reachingScenarios: Readonly<Record<string, Scenario>> = {
  external: external,
  "reachable-destination": reachableDestination,
  reachable: reachable,
  "registry-only": registryOnly,
  "external-tls": externalTls,
  virtual: virtualDestination,
};
