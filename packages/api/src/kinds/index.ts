import type { z } from "zod";
import type { Metadata } from "../metadata.ts";
import { accessPolicy } from "./access-policy.ts";
import { authenticationPolicy } from "./authentication-policy.ts";
import { cluster } from "./cluster.ts";
import { connectionPolicy } from "./connection-policy.ts";
import { egressPolicy } from "./egress-policy.ts";
import { extensionPolicy } from "./extension-policy.ts";
import { externalService } from "./external-service.ts";
import { externalWorkload } from "./external-workload.ts";
import { gateway } from "./gateway.ts";
import { gitSource } from "./git-source.ts";
import { meshInstallation } from "./mesh-installation.ts";
import { rawConfig } from "./raw-config.ts";
import { role } from "./role.ts";
import { roleBinding } from "./role-binding.ts";
import { rolloutStrategy } from "./rollout-strategy.ts";
import { routeTable } from "./route-table.ts";
import { telemetryPolicy } from "./telemetry-policy.ts";
import { trafficPolicy } from "./traffic-policy.ts";
import { trustAnchor } from "./trust-anchor.ts";
import { virtualDestination } from "./virtual-destination.ts";
import { virtualMesh } from "./virtual-mesh.ts";
import { workspace } from "./workspace.ts";

/** Every kind there is, in the order of the reference pages. Adding a kind is one file and one line here. */
export const kinds = [
  cluster,
  workspace,
  role,
  roleBinding,
  virtualMesh,
  trustAnchor,
  meshInstallation,
  trafficPolicy,
  connectionPolicy,
  virtualDestination,
  externalService,
  gateway,
  routeTable,
  egressPolicy,
  accessPolicy,
  authenticationPolicy,
  extensionPolicy,
  externalWorkload,
  telemetryPolicy,
  rolloutStrategy,
  gitSource,
  rawConfig,
] as const;

type AnyKind = (typeof kinds)[number];
export type KindName = AnyKind["kind"];
export type SpecOf<K extends KindName> = z.output<Extract<AnyKind, { kind: K }>["spec"]>;

/** A stored resource: validated, defaults filled in. */
export interface ResourceOf<K extends KindName> {
  readonly apiVersion: "heddle.io/v1alpha1";
  readonly kind: K;
  readonly metadata: Metadata;
  readonly spec: SpecOf<K>;
}
/** Discriminated by `kind`. */
export type Resource = { [K in KindName]: ResourceOf<K> }[KindName];
