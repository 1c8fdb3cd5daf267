import type { SecretSpec } from "../src/mesh/pod-spec.ts";
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
  /** Certificates that are in the cluster from the start. */
  readonly secrets?: () => Promise<readonly SecretSpec[]>;
  /** What is applied, about the scenario's own service unless it says otherwise. */
  readonly wishes: (service: Target, addressOf: (pod: string) => string) => readonly Wish[];
  /** Whether the policy holds yet; asked until it does, and after its removal until it does not. */
  readonly inForce: (scene: Scene) => Promise<boolean>;
  /** What must be seen once it holds: asked once. */
  readonly check: (scene: Scene) => Promise<void>;
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
export const virtual = (spec: object): Wish => ({ kind: "VirtualDestination", spec });
export const gateway = (spec: object): Wish => ({ kind: "Gateway", spec });
export const routeTable = (spec: object): Wish => ({ kind: "RouteTable", spec });
