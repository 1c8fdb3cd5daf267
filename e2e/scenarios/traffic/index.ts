import type { Scenario } from "../scenario.ts";
import { conflict } from "./conflict.ts";
import { cors } from "./cors.ts";
import { directResponse } from "./direct-response.ts";
import { faultAbort } from "./fault-abort.ts";
import { faultDelay } from "./fault-delay.ts";
import { headers } from "./headers.ts";
import { matchHeaders } from "./match-headers.ts";
import { matchMethods } from "./match-methods.ts";
import { matchPath } from "./match-path.ts";
import { matchPort } from "./match-port.ts";
import { matchQuery } from "./match-query.ts";
import { merged } from "./merged.ts";
import { mirror } from "./mirror.ts";
import { perTryTimeout } from "./per-try-timeout.ts";
import { redirect } from "./redirect.ts";
import { retries } from "./retries.ts";
import { retryBackoff } from "./retry-backoff.ts";
import { retrySucceeds } from "./retry-succeeds.ts";
import { rewrite } from "./rewrite.ts";
import { ruleOrder } from "./rule-order.ts";
import { sources } from "./sources.ts";
import { sourcesClusters } from "./sources-clusters.ts";
import { splitByCluster } from "./split-by-cluster.ts";
import { splitByWeight } from "./split-by-weight.ts";
import { splitInThree } from "./split-in-three.ts";
import { splitToDestination } from "./split-to-destination.ts";
import { splitToOne } from "./split-to-one.ts";
import { timeout } from "./timeout.ts";
import { underLoad } from "./under-load.ts";

/** Each has a service of its own, so they run side by side. */
export const trafficScenarios: Readonly<Record<string, Scenario>> = {
  conflict: conflict,
  cors: cors,
  "direct-response": directResponse,
  "fault-abort": faultAbort,
  "fault-delay": faultDelay,
  headers: headers,
  "match-headers": matchHeaders,
  "match-methods": matchMethods,
  "match-path": matchPath,
  "match-port": matchPort,
  "match-query": matchQuery,
  merged: merged,
  mirror: mirror,
  "per-try-timeout": perTryTimeout,
  redirect: redirect,
  retries: retries,
  "retry-backoff": retryBackoff,
  "retry-succeeds": retrySucceeds,
  rewrite: rewrite,
  "rule-order": ruleOrder,
  sources: sources,
  "split-by-cluster": splitByCluster,
  "split-by-weight": splitByWeight,
  "split-in-three": splitInThree,
  "split-to-destination": splitToDestination,
  "split-to-one": splitToOne,
  timeout: timeout,
  "under-load": underLoad,
  "sources-clusters": sourcesClusters,
};
