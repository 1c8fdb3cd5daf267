import { z } from "zod";
import { dnsLabel, dnsSubdomain, labelKey, labels } from "./primitives.ts";

export const apiVersion = "heddle.io/v1alpha1";
export const defaultWorkspace = "default";

/** The part of the metadata that a person writes. `resourceVersion`, when given, must be the current one. */
export const manifestMetadata = z.strictObject({
  name: dnsSubdomain,
  workspace: dnsLabel.default(defaultWorkspace),
  labels: labels.default({}),
  annotations: z.record(labelKey, z.string().max(262_144)).default({}),
  resourceVersion: z.string().exactOptional(),
  generation: z.int().exactOptional(),
  uid: z.string().exactOptional(),
  creationTimestamp: z.string().exactOptional(),
});
export type ManifestMetadata = z.output<typeof manifestMetadata>;

/** Metadata of a stored resource. `generation` counts changes of the spec; `resourceVersion` changes with any write. */
export interface Metadata {
  readonly name: string;
  readonly workspace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly uid: string;
  readonly generation: number;
  readonly resourceVersion: string;
  /** RFC 3339. */
  readonly creationTimestamp: string;
}
