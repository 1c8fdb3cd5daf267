import { createHash } from "node:crypto";
import type { KubeObject, ManagedFields, ObjectMeta } from "../kube-object.ts";
import type { Bundle } from "./bundle.ts";
import { shapeOfFields, shapeOfObject } from "./field-shape.ts";

export const fieldManager = "heddle";

export const managedByLabel = "app.kubernetes.io/managed-by";
/** Short hash of the bundle's id: an id may be longer than a label's value. */
export const bundleLabel = "heddle.io/bundle";
export const bundleIdAnnotation = "heddle.io/bundle-id";
export const hashAnnotation = "heddle.io/hash";
/** How many objects the bundle has: it is in place when as many carry its hash. */
export const bundleObjectsAnnotation = "heddle.io/bundle-objects";
/** `"true"` on a desired object: take over an object of that name which somebody else made. */
export const adoptAnnotation = "heddle.io/adopt";
/** `"true"` on a desired Namespace or CustomResourceDefinition: delete it, with all that is in it, when its bundle goes. */
export const deleteAnnotation = "heddle.io/delete-with-bundle";

/** `shapeOfObject` of what was applied. */
export const shapeAnnotation = "heddle.io/shape";

export const markLabels = [managedByLabel, bundleLabel];
export const markAnnotations = [bundleIdAnnotation, hashAnnotation, bundleObjectsAnnotation, shapeAnnotation];

/** Selects everything that Heddle may own. */
export const ownedSelector = `${managedByLabel}=${fieldManager},${bundleLabel}`;

export interface Ownership {
  readonly bundle: string;
  readonly hash: string;
  readonly objects: number;
}

export function bundleLabelValue(bundleId: string): string {
  return createHash("sha256").update(bundleId).digest("hex").slice(0, 16);
}

/** The object as it is applied: the desired one with the marks of its bundle. */
export function stamp(object: KubeObject, bundle: Bundle): KubeObject {
  const { apiVersion, kind, metadata, ...content } = object;
  const { name, namespace, ...more } = metadata;
  const marked = {
    ...more,
    labels: {
      ...more.labels,
      [managedByLabel]: fieldManager,
      [bundleLabel]: bundleLabelValue(bundle.id),
    },
    annotations: {
      ...more.annotations,
      [bundleIdAnnotation]: bundle.id,
      [hashAnnotation]: bundle.hash,
      [bundleObjectsAnnotation]: String(bundle.objects.length),
      [shapeAnnotation]: "",
    },
  };
  marked.annotations[shapeAnnotation] = shapeOfObject({ ...content, metadata: marked });
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...marked },
    ...content,
  };
}

/** Undefined unless the object carries all marks and Heddle's field manager: whoever removes the label has taken the object. */
export function ownershipOf(metadata: ObjectMeta): Ownership | undefined {
  const bundle = metadata.annotations?.[bundleIdAnnotation];
  const hash = metadata.annotations?.[hashAnnotation];
  const objects = Number(metadata.annotations?.[bundleObjectsAnnotation]);
  if (bundle === undefined || hash === undefined || !Number.isInteger(objects)) return undefined;
  if (metadata.labels?.[managedByLabel] !== fieldManager) return undefined;
  if (metadata.labels[bundleLabel] !== bundleLabelValue(bundle)) return undefined;
  return ownEntry(metadata) ? { bundle, hash, objects } : undefined;
}

function ownEntry(metadata: ObjectMeta): ManagedFields | undefined {
  return metadata.managedFields?.find(isOwn);
}

function isOwn(entry: ManagedFields): boolean {
  return entry.manager === fieldManager && entry.operation === "Apply" && !entry.subresource;
}

function others(metadata: ObjectMeta): ManagedFields[] {
  return (metadata.managedFields ?? []).filter((entry) => !isOwn(entry) && !entry.subresource);
}

/**
 * Identifies the set of fields that Heddle owns. Somebody who changes or removes one of them ends Heddle's ownership of it, by the rules of
 * server-side apply, so this value changes with every drift, and it is in the metadata.
 */
export function ownedFields(metadata: ObjectMeta): string {
  const fields = ownEntry(metadata)?.fieldsV1 ?? {};
  return createHash("sha256").update(JSON.stringify(fields)).digest("base64").slice(0, 16);
}

/**
 * Whether an owned object may have been changed unseen: somebody wrote to it after Heddle did or in the same second, or Heddle no longer owns
 * all the fields that it set. Errs on the side of yes.
 */
export function mayHaveDrifted(metadata: ObjectMeta): boolean {
  const own = ownEntry(metadata);
  if (others(metadata).some((entry) => (entry.time ?? "") >= (own?.time ?? ""))) return true;
  return shapeOfFields(own?.fieldsV1 ?? {}) !== metadata.annotations?.[shapeAnnotation];
}

/** Who holds an object: its newest other field manager, else what its label says; undefined when only Heddle is named. */
export function holderOf(metadata: ObjectMeta): string | undefined {
  const newest = others(metadata).toSorted((a, b) => (b.time ?? "").localeCompare(a.time ?? ""))[0];
  const label = metadata.labels?.[managedByLabel];
  return newest?.manager ?? (label === fieldManager ? undefined : label);
}
