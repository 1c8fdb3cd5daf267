import type { Capability, Refine } from "@heddle/core";
import { approximated, native, unsupported } from "../capability-levels.ts";
import { isHostName } from "../machine-objects.ts";
import { serviceAccountOfSpiffeId } from "./identity.ts";

/** How workloads that are no pods land in Istio: WorkloadEntry. */
export const machineCapabilities: Readonly<Record<string, Capability>> = {
  namespace: native("WorkloadEntry metadata.namespace"),
  addresses: native("WorkloadEntry address, one object each"),
  "ports.name": native("WorkloadEntry ports"),
  "ports.port": native("WorkloadEntry ports"),
  "ports.protocol": approximated("nothing is written: the Service says what is spoken on its ports"),
  "identity.serviceAccount": native("WorkloadEntry serviceAccount"),
  "identity.spiffeId": native("WorkloadEntry serviceAccount"),
  labels: native("WorkloadEntry labels"),
  cluster: native("written in that cluster"),
  network: native("WorkloadEntry network; written in the clusters on it unless cluster is set"),
  locality: native("WorkloadEntry locality"),
  weight: native("WorkloadEntry weight"),
  healthCheck: unsupported(
    "Istio checks machines that register themselves by a WorkloadGroup, not those that are written down",
  ),
};

export const refineMachine: Refine = (field, value, mesh, resource, path) => {
  if (resource.kind !== "ExternalWorkload") return undefined;
  const { ports, namespace } = resource.spec;
  switch (field) {
    case "addresses":
      // istiod, pilot/pkg/serviceregistry/serviceentry/conversion.go: "k8s can't use workloads with hostnames in the address field".
      return isHostName(String(value))
        ? unsupported("a Service leads to addresses only: Istio leaves out entries with a host name")
        : undefined;
    case "ports.port":
      return ports[Number(/\[(\d+)\]/.exec(path)?.[1])]?.name === undefined
        ? approximated("without a name nothing is written: the Service's target port must be this number")
        : undefined;
    case "identity.spiffeId":
      return serviceAccountOfSpiffeId(mesh, namespace, String(value)) === undefined
        ? unsupported(
            "Istio knows members by service account: spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/NAME of its own",
          )
        : undefined;
    default:
      return undefined;
  }
};
