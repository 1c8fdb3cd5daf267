import type {
  DestinationFact,
  DialectName,
  MeshFact,
  ResourceKey,
  ResourceOf,
  Split,
  WorkloadFact,
} from "@heddle/api";
import type { EffectiveAccess } from "../policy/effective-access.ts";
import type { EffectiveAuthentication } from "../policy/effective-authentication.ts";
import type { EffectiveConnection } from "../policy/effective-connection.ts";
import type { EffectiveEgress } from "../policy/effective-egress.ts";
import type { EffectiveExtension } from "../policy/effective-extension.ts";
import type { EffectiveTelemetry } from "../policy/effective-telemetry.ts";
import type { EffectiveRule, EffectiveTraffic } from "../policy/effective-traffic.ts";
import type { EgressGateway } from "../world/egress-gateway.ts";
import type { GatewaySite } from "../world/gateway-site.ts";
import type { NamedDestination, NamedDestinationKind } from "../world/named-destination.ts";
import type { RouteBinding } from "../world/route-binding.ts";
import type { CapabilityTable, Refine } from "./capability.ts";
import type { TranslationBuilder } from "./contribution.ts";
import type { Detector } from "./detector.ts";

/** What every translator may ask beside its unit. */
export interface UnitContext {
  readonly cluster: string;
  readonly mesh: MeshFact;
  /** Another Service of the same cluster; asking makes the unit depend on it. */
  destination(namespace: string, name: string): DestinationFact | undefined;
  /** What a workspace means by a name that is no Service's; asking makes the unit depend on it. */
  named<K extends NamedDestinationKind>(kind: K, workspace: string, name: string): ResourceOf<K> | undefined;
  /** What calls to a virtual destination become in this mesh, by weight; empty when nothing can be reached. */
  splitOf(destination: ResourceOf<"VirtualDestination">): readonly Split[];
  /** External services that clients in a namespace can call, or any client of the cluster; asking makes the unit depend on all of them. */
  externalServices(namespace: string | undefined): readonly ResourceOf<"ExternalService">[];
  /** Namespaces of the cluster that can call it, sorted; undefined for all. */
  namespacesOf(named: NamedDestination): readonly string[] | undefined;
  /** The Gateway of role `egress` that a workspace calls so, where it is in the mesh; asking makes the unit depend on it. */
  egressGateway(workspace: string, name: string): EgressGateway | undefined;
  /** Whether a workspace owns a Service of the cluster or may call it, as exports and imports say. */
  mayCall(workspace: string, destination: DestinationFact): boolean;
  /** Connection policies on a Service of the same cluster; asking makes the unit depend on it. */
  connection(namespace: string, name: string): EffectiveConnection | undefined;
  /** Whether the mesh cannot say the field at this path of the resource, by the dialect's tables. */
  unsupported(resource: ResourceKey, path: string): boolean;
}

/** A Service or workload with some of a unit's pods, where calls are authenticated or refused by policies of its own. */
export interface Rival {
  readonly fact: DestinationFact | WorkloadFact;
  /** Whether calls are refused there that no ALLOW lets pass. */
  readonly closed: boolean;
}

/** What is said of servers, and enforced, run or told at their pods. */
export interface SecurityUnit {
  readonly rivals: readonly Rival[];
  readonly access: EffectiveAccess | undefined;
  readonly authentication: EffectiveAuthentication | undefined;
  readonly extension: EffectiveExtension | undefined;
  readonly telemetry: EffectiveTelemetry | undefined;
}

export interface DestinationUnit extends SecurityUnit {
  readonly destination: DestinationFact;
  /** The workloads behind it, in a stable order. */
  readonly workloads: readonly WorkloadFact[];
  readonly traffic: EffectiveTraffic | undefined;
  readonly connection: EffectiveConnection | undefined;
}

/** An external service as one mesh of a cluster gets to know it. */
export interface ExternalUnit {
  readonly service: ResourceOf<"ExternalService">;
  /** Namespaces that can call it, sorted; undefined for all. */
  readonly namespaces: readonly string[] | undefined;
  readonly traffic: EffectiveTraffic | undefined;
  readonly connection: EffectiveConnection | undefined;
}

/** A host that is a virtual destination's own; with a Service to be written where it has the form of a Service's. */
export interface VirtualHost {
  readonly host: string;
  readonly service: Pick<DestinationFact, "namespace" | "name"> | undefined;
}

/** A virtual destination as one mesh of a cluster gets to know it. */
export interface VirtualUnit {
  readonly destination: ResourceOf<"VirtualDestination">;
  /** One at least. */
  readonly hosts: readonly VirtualHost[];
  /** Namespaces that can call it, sorted; undefined for all. */
  readonly namespaces: readonly string[] | undefined;
  /** Where calls go that no rule leads elsewhere; one backend at least, each named in full. */
  readonly split: readonly Split[];
  readonly traffic: EffectiveTraffic | undefined;
  readonly connection: EffectiveConnection | undefined;
}

/** A Gateway where its workloads are. */
export interface GatewayUnit {
  readonly gateway: ResourceOf<"Gateway">;
  /** One at least, and none with workloads that its workspace does not own. */
  readonly sites: readonly GatewaySite[];
}

/** A route table at its gateways. */
export interface RoutesUnit {
  readonly table: ResourceOf<"RouteTable">;
  /** Each with a site and a listener at least. */
  readonly bindings: readonly RouteBinding[];
  /** In the order in which they are asked, with those of the tables that it delegates to. */
  readonly rules: readonly EffectiveRule[];
}

/** A workload that is not a pod, as the mesh that it joins gets to know it. */
export interface MachineUnit {
  readonly machine: ResourceOf<"ExternalWorkload">;
}

/** What stands for clients as well as for servers. */
export interface ClientUnit extends SecurityUnit {
  readonly egress: EffectiveEgress | undefined;
}

export interface WorkloadUnit extends ClientUnit {
  readonly workload: WorkloadFact;
}

export interface NamespaceUnit extends ClientUnit {
  readonly namespace: string;
}

/** The whole mesh of the context. */
export interface MeshUnit extends ClientUnit {}

/**
 * A mesh product as a translation target. Everything here is pure and synchronous; what a mesh cannot say is a verdict, never an
 * exception. A level that a dialect has no objects for has no translator.
 */
export interface Dialect {
  readonly name: DialectName;
  readonly capabilities: CapabilityTable;
  readonly refine?: Refine;
  readonly detector: Detector;
  readonly translate: {
    readonly destination?: (unit: DestinationUnit, context: UnitContext, out: TranslationBuilder) => void;
    readonly external?: (unit: ExternalUnit, context: UnitContext, out: TranslationBuilder) => void;
    readonly virtual?: (unit: VirtualUnit, context: UnitContext, out: TranslationBuilder) => void;
    readonly gateway?: (unit: GatewayUnit, context: UnitContext, out: TranslationBuilder) => void;
    readonly routes?: (unit: RoutesUnit, context: UnitContext, out: TranslationBuilder) => void;
    readonly machine?: (unit: MachineUnit, context: UnitContext, out: TranslationBuilder) => void;
    readonly workload?: (unit: WorkloadUnit, context: UnitContext, out: TranslationBuilder) => void;
    readonly namespace?: (unit: NamespaceUnit, context: UnitContext, out: TranslationBuilder) => void;
    readonly mesh?: (unit: MeshUnit, context: UnitContext, out: TranslationBuilder) => void;
  };
}
