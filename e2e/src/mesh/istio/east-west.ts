import type { PodSpec, ServiceSpec } from "../pod/pod-spec.ts";
import { rootNamespace } from "./control-plane-objects.ts";

/** As `samples/multicluster/gen-eastwest-gateway.sh` of Istio calls it. */
const name = "istio-eastwestgateway";
const role = { istio: "eastwestgateway" };

/** Where the sidecars of other networks reach it: they name the service that they want in TLS' SNI. */
const port = 15443;

/** The gateway by which other networks reach what is in this one. */
export function eastWestPod(network: string): PodSpec {
  return {
    name: "eastwest",
    namespace: rootNamespace,
    serviceAccount: `${name}-service-account`,
    app: name,
    version: "v1",
    labels: role,
    ports: [],
    sidecar: true,
    gateway: true,
    eastWest: true,
    network,
  };
}

/** By its label and address, istiods learn how to reach the network. */
export function eastWestService(network: string): ServiceSpec {
  return {
    name,
    namespace: rootNamespace,
    selector: role,
    ports: { [port]: port },
    protocols: { [port]: "tls" },
    gatewayOf: network,
  };
}

/** Lets every service of the mesh be reached through the gateway. It passes TLS on as it is: mTLS is between the sidecars. */
export const eastWestGateway = {
  apiVersion: "networking.istio.io/v1",
  kind: "Gateway",
  metadata: { name: "cross-network-gateway", namespace: rootNamespace },
  spec: {
    selector: role,
    servers: [
      {
        port: { number: port, name: "tls", protocol: "TLS" },
        tls: { mode: "AUTO_PASSTHROUGH" },
        hosts: ["*.local"],
      },
    ],
  },
};
