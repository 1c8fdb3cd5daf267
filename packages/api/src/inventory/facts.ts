import { z } from "zod";
import { dnsLabel, dnsSubdomain, port } from "../primitives.ts";
import type { FactKey } from "./fact-key.ts";

/**
 * Facts are what an agent tells about its cluster: small, derived from raw objects, never secret contents.
 * A fact is identified within its cluster by `factKey`.
 */

const anyLabels = z.record(z.string(), z.string());

export const dialectNames = [
  "istio",
  "istio-ambient",
  "linkerd",
  "consul",
  "kuma",
  "osm",
  "nginx",
  "traefik",
  "appmesh",
  "smi",
  "gateway-api",
] as const;
export type DialectName = (typeof dialectNames)[number];

export const namespaceFact = z.strictObject({
  kind: z.literal("Namespace"),
  name: dnsLabel,
  labels: anyLabels,
  /** Set while the namespace is being deleted: nothing new can be created in it. */
  terminating: z.literal(true).exactOptional(),
});
export type NamespaceFact = z.output<typeof namespaceFact>;

/** One control-plane installation. `name` is unique in its cluster: `NAMESPACE` or `NAMESPACE.REVISION`. */
export const meshFact = z.strictObject({
  kind: z.literal("Mesh"),
  name: dnsSubdomain,
  dialect: z.enum(dialectNames),
  /** Version of the control plane, `MAJOR.MINOR.PATCH[-pre]`; for Linkerd the release line (`2.18.0`) or `edge-…`. */
  version: z.string().max(128),
  revision: z.string().exactOptional(),
  /** The control plane's namespace; for Istio also its root namespace unless `settings.rootNamespace` says otherwise. */
  namespace: dnsLabel,
  trustDomain: z.string().max(253),
  clusterDomain: z.string().max(253),
  /** `group/version` pairs that the API server serves and this dialect may write, sorted. */
  apis: z.array(z.string()),
  /** What else translation must know, by dialect: e.g. `rootNamespace`, `gatewayApiChannel`. */
  settings: z.record(z.string(), z.string()),
});
export type MeshFact = z.output<typeof meshFact>;

export const workloadKinds = [
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "Job",
  "Pod",
  "ExternalWorkload",
] as const;
export const workloadFact = z.strictObject({
  kind: z.literal("Workload"),
  workloadKind: z.enum(workloadKinds),
  namespace: dnsLabel,
  name: dnsSubdomain,
  /** Labels of its pods. */
  labels: anyLabels,
  serviceAccount: dnsSubdomain,
  /** Name of the mesh whose proxies its pods run (or would run when restarted), if any. */
  mesh: dnsSubdomain.exactOptional(),
  ports: z.array(z.strictObject({ name: z.string().exactOptional(), port })),
  pods: z.strictObject({ total: z.int(), ready: z.int(), meshed: z.int() }),
});
export type WorkloadFact = z.output<typeof workloadFact>;

/** A Kubernetes Service as something that can be called. */
export const destinationFact = z.strictObject({
  kind: z.literal("Destination"),
  namespace: dnsLabel,
  name: dnsSubdomain,
  labels: anyLabels,
  selector: anyLabels,
  ports: z.array(
    z.strictObject({
      name: z.string().exactOptional(),
      port,
      /** Number, or the name of a container port. */
      targetPort: z.union([z.int(), z.string()]).exactOptional(),
      /** `TCP`, `UDP` or `SCTP`. */
      protocol: z.string(),
      appProtocol: z.string().exactOptional(),
    }),
  ),
  headless: z.boolean(),
});
export type DestinationFact = z.output<typeof destinationFact>;

/** An address at which a gateway of the cluster can be reached from outside. */
export const gatewayEndpointFact = z.strictObject({
  kind: z.literal("GatewayEndpoint"),
  namespace: dnsLabel,
  name: dnsSubdomain,
  role: z.enum(["ingress", "eastwest", "egress"]),
  mesh: dnsSubdomain.exactOptional(),
  labels: anyLabels,
  addresses: z.array(z.string()),
  ports: z.array(z.strictObject({ name: z.string().exactOptional(), port })),
});
export type GatewayEndpointFact = z.output<typeof gatewayEndpointFact>;

export const fact = z.discriminatedUnion("kind", [
  namespaceFact,
  meshFact,
  workloadFact,
  destinationFact,
  gatewayEndpointFact,
]);
export type Fact = z.output<typeof fact>;
export type FactKind = Fact["kind"];

/** One batch of changed facts of one cluster. With `full`, everything not named in `upserts` is gone. */
export interface InventoryDelta {
  readonly full: boolean;
  readonly upserts: readonly Fact[];
  readonly deletes: readonly FactKey[];
}

/** What the server records of a cluster itself: who it is and what its labels say; written by registration, not by its agent. */
export interface ClusterFact {
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly region?: string;
  readonly zone?: string;
  readonly network?: string;
  /** A paused cluster keeps what it has: nothing is delivered to it. */
  readonly paused: boolean;
}
