import type { z } from "zod";
import type { Metadata } from "../metadata.ts";
import { accessPolicy } from "./access-policy.ts";
import { authenticationPolicy } from "./authentication-policy.ts";
import { trafficPolicy } from "./traffic-policy.ts";

/** Every kind there is, in the order of the reference pages. Adding a kind is one file and one line here. */
export const kinds = [trafficPolicy, accessPolicy, authenticationPolicy] as const;

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
