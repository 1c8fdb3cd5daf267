import { kindByName } from "./kinds/lookup.ts";
import { defaultWorkspace } from "./metadata.ts";

interface AnyManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly workspace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** A manifest as a cluster that keeps Heddle's resources has it: the workspace is the object's namespace. */
export function toKubernetes(manifest: AnyManifest): Record<string, unknown> {
  const { workspace = defaultWorkspace, ...metadata } = manifest.metadata;
  const namespaced = kindByName(manifest.kind)?.workspaced === true;
  return { ...manifest, metadata: { ...metadata, ...(namespaced && { namespace: workspace }) } };
}

const kept = ["name", "labels", "annotations"] as const;

/** The other way: what a person wrote of a Kubernetes object, ready for `validateManifest`. What the API server adds is left out. */
export function fromKubernetes(object: {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec?: unknown;
}): Record<string, unknown> {
  const { apiVersion, kind, metadata = {}, spec } = object;
  const workspace = metadata["namespace"];
  return {
    apiVersion,
    kind,
    metadata: {
      ...Object.fromEntries(
        kept.flatMap((key) => (metadata[key] === undefined ? [] : [[key, metadata[key]]])),
      ),
      ...(workspace !== undefined && { workspace }),
    },
    spec,
  };
}
