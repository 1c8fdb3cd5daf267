import type { Scenario } from "../scenario.ts";
import { connectionClusters } from "./connection-clusters.ts";
import { hash } from "./hash.ts";
import { keepalive } from "./keepalive.ts";
import { limits } from "./limits.ts";
import { locality } from "./locality.ts";
import { localityFailover } from "./locality-failover.ts";
import { localityLabels } from "./locality-labels.ts";
import { localityShares } from "./locality-shares.ts";
import { outliers } from "./outliers.ts";
import { plainText } from "./plain-text.ts";
import { proxyProtocol } from "./proxy-protocol.ts";
import { retryBudget } from "./retry-budget.ts";
import { ringSize } from "./ring-size.ts";
import { roundRobin } from "./round-robin.ts";
import { tableSize } from "./table-size.ts";
import { tlsName } from "./tls-name.ts";
import { tlsSubject } from "./tls-subject.ts";
import { tlsUnverified } from "./tls-unverified.ts";
import { tunnel } from "./tunnel.ts";
import { warmup } from "./warmup.ts";

/** Each has a service of its own, so they run side by side. */
export const connectionScenarios: Readonly<Record<string, Scenario>> = {
  hash: hash,
  limits: limits,
  outliers: outliers,
  "plain-text": plainText,
  "round-robin": roundRobin,
  "connection-clusters": connectionClusters,
  keepalive: keepalive,
  locality: locality,
  "locality-failover": localityFailover,
  "locality-labels": localityLabels,
  "locality-shares": localityShares,
  "proxy-protocol": proxyProtocol,
  "retry-budget": retryBudget,
  "ring-size": ringSize,
  "table-size": tableSize,
  "tls-name": tlsName,
  "tls-subject": tlsSubject,
  "tls-unverified": tlsUnverified,
  tunnel: tunnel,
  warmup: warmup,
};
