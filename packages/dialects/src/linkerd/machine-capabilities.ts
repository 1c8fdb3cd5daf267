import type { Capability, Refine } from "@heddle/core";
import { approximated, native, unsupported } from "../capability-levels.ts";
import { isHostName } from "../machine-objects.ts";
import { machineApiVersion } from "./api-versions.ts";

/** How workloads that are no pods land in Linkerd: ExternalWorkload. */
export const machineCapabilities: Readonly<Record<string, Capability>> = {
  namespace: native("ExternalWorkload metadata.namespace"),
  addresses: approximated(
    "ExternalWorkload workloadIPs, one object each; requests come once its status says Ready, which whoever runs it must set",
  ),
  "ports.name": native("ExternalWorkload ports[].name"),
  "ports.port": native("ExternalWorkload ports[].port"),
  "ports.protocol": approximated("nothing is written: Linkerd finds out what is spoken"),
  "identity.serviceAccount": native("ExternalWorkload meshTLS, by the name that Linkerd gives the account"),
  "identity.spiffeId": approximated(
    "ExternalWorkload meshTLS identity; its proxy must take NAME.CLUSTER-DOMAIN as its server name",
  ),
  labels: native("ExternalWorkload metadata.labels"),
  cluster: native("written in that cluster"),
  network: approximated(
    "only chooses the clusters: Linkerd knows no networks, its proxies connect to the address",
  ),
  locality: unsupported("an ExternalWorkload has no place"),
  weight: unsupported("Linkerd balances by latency"),
  healthCheck: unsupported("Linkerd checks no machines: it believes the status of the ExternalWorkload"),
};

export const refineMachine: Refine = (field, value, mesh) => {
  if (!mesh.apis.includes(machineApiVersion))
    return unsupported(`needs ${machineApiVersion}, which the cluster does not serve`);
  return field === "addresses" && isHostName(String(value))
    ? unsupported("an ExternalWorkload has addresses only")
    : undefined;
};
