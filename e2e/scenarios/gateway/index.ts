import type { Scenario } from "../scenario.ts";
import { allowedWorkspaces } from "./allowed-workspaces.ts";
import { clientCertificates } from "./client-certificates.ts";
import { clientCertificatesOptional } from "./client-certificates-optional.ts";
import { clientNames } from "./client-names.ts";
import { delegation } from "./delegation.ts";
import { delegationByLabel } from "./delegation-by-label.ts";
import { httpsRedirect } from "./https-redirect.ts";
import { listenerHosts } from "./listener-hosts.ts";
import { placed } from "./placed.ts";
import { routes } from "./routes.ts";
import { streams } from "./streams.ts";
import { tableBackends } from "./table-backends.ts";
import { tableCors } from "./table-cors.ts";
import { tableFault } from "./table-fault.ts";
import { tableMatches } from "./table-matches.ts";
import { tableMirror } from "./table-mirror.ts";
import { tablePaths } from "./table-paths.ts";
import { tableTries } from "./table-tries.ts";
import { tlsPassthrough } from "./tls-passthrough.ts";
import { tlsStrength } from "./tls-strength.ts";
import { tlsTerminate } from "./tls-terminate.ts";
import { twoCertificates } from "./two-certificates.ts";

/** About what comes in from outside: they run one after the other at the one gateway there is. */
export const gatewayScenarios: Readonly<Record<string, Scenario>> = {
  routes: routes,
  delegation: delegation,
  "delegation-by-label": delegationByLabel,
  placed: placed,
  "listener-hosts": listenerHosts,
  "allowed-workspaces": allowedWorkspaces,
  "https-redirect": httpsRedirect,
  "tls-terminate": tlsTerminate,
  "two-certificates": twoCertificates,
  "tls-passthrough": tlsPassthrough,
  streams: streams,
  "client-certificates": clientCertificates,
  "client-certificates-optional": clientCertificatesOptional,
  "client-names": clientNames,
  "tls-strength": tlsStrength,
  "table-matches": tableMatches,
  "table-backends": tableBackends,
  "table-paths": tablePaths,
  "table-tries": tableTries,
  "table-fault": tableFault,
  "table-mirror": tableMirror,
  "table-cors": tableCors,
};
