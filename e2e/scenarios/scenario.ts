import type { SecretSpec, ServiceSpec } from "../src/mesh/pod/pod-spec.ts";
import type { Scene } from "./scene.ts";

/** A resource for Heddle; its name is the scenario's, with the number of the resource. */
export interface Wish {
  readonly kind: string;
  readonly spec: object;
  /** `default` unless set. */
  readonly workspace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a policy must do to real requests. */
export interface Scenario {
  readonly title: string;
  /** Fields of the dialect's capability table that it shows on traffic: `TrafficPolicy.match.path`. */
  readonly proves: readonly string[];
  /** Where its own service is not one of `web`'s pods, what it is. */
  readonly service?: Pick<ServiceSpec, "selector" | "ports"> & Partial<ServiceSpec>;
  /** Certificates that are in the cluster from the start. */
  readonly secrets?: () => Promise<readonly SecretSpec[]>;
  /** Objects of Kubernetes that it needs, there before and gone after. */
  readonly objects?: (addressOf: (pod: string) => string) => readonly object[];
  /** What is applied, about the scenario's own service unless it says otherwise. */
  readonly wishes: (service: Target, addressOf: (pod: string) => string) => readonly Wish[];
  /** Whether the policy holds yet; asked until it does, and after its removal until it does not. */
  readonly inForce: (scene: Scene) => Promise<boolean>;
  /** What must be seen once it holds: asked once. */
  readonly check: (scene: Scene) => Promise<void>;
  /** What must go well all the time: done again and again from before the policy is applied until it is gone. */
  readonly meanwhile?: (scene: Scene) => Promise<void>;
}

/** A policy's `targets` entry. */
export interface Target {
  readonly name: string;
  readonly namespace: string;
}

export const traffic = (spec: object): Wish => ({ kind: "TrafficPolicy", spec });
export const connection = (spec: object): Wish => ({ kind: "ConnectionPolicy", spec });
export const egress = (spec: object): Wish => ({ kind: "EgressPolicy", spec });
export const external = (spec: object): Wish => ({ kind: "ExternalService", spec });
export const access = (spec: object): Wish => ({ kind: "AccessPolicy", spec });
export const authentication = (spec: object): Wish => ({ kind: "AuthenticationPolicy", spec });
export const extension = (spec: object): Wish => ({ kind: "ExtensionPolicy", spec });
export const telemetry = (spec: object): Wish => ({ kind: "TelemetryPolicy", spec });
export const virtual = (spec: object): Wish => ({ kind: "VirtualDestination", spec });
export const gateway = (spec: object): Wish => ({ kind: "Gateway", spec });
export const machine = (spec: object): Wish => ({ kind: "ExternalWorkload", spec });
export const routeTable = (spec: object): Wish => ({ kind: "RouteTable", spec });
