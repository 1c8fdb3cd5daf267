import { z } from "zod";
import { dnsLabel, dnsSubdomain, labelKey, labels } from "./primitives.ts";

export const apiVersion = "heddle.io/v1alpha1";
export const defaultWorkspace = "default";

/** The part of the metadata that a person writes. `resourceVersion`, when given, must be the current one. */
export const manifestMetadata = z.strictObject({
  name: dnsSubdomain.describe("Name, unique for the kind in its workspace."),
  workspace: dnsLabel.default(defaultWorkspace).describe("Workspace it belongs to."),
  labels: labels.default({}).describe("Labels to find it by."),
  annotations: z
    .record(labelKey, z.string().max(262_144))
    .default({})
    .describe("Notes of people and tools; not used to find it."),
  resourceVersion: z
    .string()
    .exactOptional()
    .describe("When given, it must be that of the stored resource, or the change is refused."),
  generation: z.int().exactOptional().describe("Set by the server: counts changes of the spec."),
  uid: z.string().exactOptional().describe("Set by the server: identifies this resource for ever."),
  creationTimestamp: z.string().exactOptional().describe("Set by the server: RFC 3339."),
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
