import type { Scenario } from "../scenario.ts";
import { egressGateway } from "./egress-gateway.ts";
import { exported } from "./exported.ts";
import { external } from "./external.ts";
import { externalAddress } from "./external-address.ts";
import { externalNames } from "./external-names.ts";
import { externalSubject } from "./external-subject.ts";
import { externalTls } from "./external-tls.ts";
import { externalWildcard } from "./external-wildcard.ts";
import { reachable } from "./reachable.ts";
import { reachableDestination } from "./reachable-destination.ts";
import { reachableMore } from "./reachable-more.ts";
import { registryOnly } from "./registry-only.ts";
import { virtualDestination } from "./virtual.ts";
import { virtualFailover } from "./virtual-failover.ts";
import { virtualPriority } from "./virtual-priority.ts";

/** About what clients may call, whatever is called: they run one after the other. */
export const reachingScenarios: Readonly<Record<string, Scenario>> = {
  "egress-gateway": egressGateway,
  external: external,
  "reachable-destination": reachableDestination,
  reachable: reachable,
  "registry-only": registryOnly,
  "external-tls": externalTls,
  virtual: virtualDestination,
  exported: exported,
  "external-address": externalAddress,
  "external-names": externalNames,
  "external-subject": externalSubject,
  "external-wildcard": externalWildcard,
  "reachable-more": reachableMore,
  "virtual-failover": virtualFailover,
  "virtual-priority": virtualPriority,
};
