import { conflict } from "../errors/refusals.ts";
import { asObject, asString, type JsonObject } from "../json/json.ts";
import { finalizersOf, isDeleting, type KubeObject, timestamp, uidOf } from "../json/kube-object.ts";
import type { Resource } from "../resources/resource.ts";
import { Entry } from "../store/store.ts";
import { type Call, named } from "./call.ts";
import type { Cluster } from "./cluster.ts";
import { heldBySpec } from "./update.ts";

export type Propagation = "Background" | "Foreground" | "Orphan";

export interface DeleteOptions {
  readonly propagation: Propagation;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Reads DeleteOptions from the body and the query. */
export function readDeleteOptions(body: JsonObject, query: URLSearchParams): DeleteOptions {
  const preconditions = asObject(body["preconditions"]);
  const given = asString(body["propagationPolicy"]) || query.get("propagationPolicy");
  const orphan = body["orphanDependents"] === true || query.get("orphanDependents") === "true";
  const propagation = given === "Foreground" || given === "Orphan" ? given : orphan ? "Orphan" : "Background";
  return {
    propagation,
    ...(typeof preconditions["uid"] === "string" ? { uid: preconditions["uid"] } : {}),
    ...(typeof preconditions["resourceVersion"] === "string"
      ? { resourceVersion: preconditions["resourceVersion"] }
      : {}),
  };
}

/** Finalizer that the garbage collector removes, by propagation policy. */
export const propagationFinalizers = { Foreground: "foregroundDeletion", Orphan: "orphan" } as const;

/** Finalizer that keeps a CustomResourceDefinition until the last of its objects is gone. */
export const definitionCleanup = "customresourcecleanup.apiextensions.k8s.io";

function deletionFinalizers(object: KubeObject, propagation: Propagation): string[] {
  const added: string[] = propagation === "Background" ? [] : [propagationFinalizers[propagation]];
  if (object.kind === "CustomResourceDefinition") added.push(definitionCleanup);
  return [...new Set([...finalizersOf(object), ...added])];
}

export interface Removal {
  readonly entry: Entry;
  /** False while finalizers keep the object. */
  readonly gone: boolean;
}

/** `DELETE` of one object. Throws 409 when a precondition fails. */
export function remove(cluster: Cluster, call: Call, live: Entry, options: DeleteOptions): Removal {
  const { uid, resourceVersion } = options;
  if (uid !== undefined && uid !== uidOf(live.object)) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${uidOf(live.object)}`;
    throw conflict(named(call), call.name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== live.object.metadata["resourceVersion"]) {
    const why = `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${live.revision}`;
    throw conflict(named(call), call.name, why);
  }
  return removeEntry(cluster, call.resource, live, options.propagation, call.dryRun);
}

/** Removes an entry, or marks it as being deleted while finalizers hold it. */
export function removeEntry(
  cluster: Cluster,
  resource: Resource,
  live: Entry,
  propagation: Propagation,
  dryRun = false,
): Removal {
  const wanted = deletionFinalizers(live.object, propagation);
  if (wanted.length === 0 && !heldBySpec(live.object)) {
    return { entry: dryRun ? live : cluster.store.remove(resource, live), gone: true };
  }
  if (isDeleting(live.object)) return { entry: live, gone: false };
  const marked = markDeleted(live.object, wanted, resource);
  return {
    entry: dryRun ? new Entry(marked, live.revision) : cluster.store.write(resource, marked),
    gone: false,
  };
}

function markDeleted(object: KubeObject, finalizers: string[], resource: Resource): KubeObject {
  const isNamespace = heldBySpec(object);
  const metadata: JsonObject = {
    ...object.metadata,
    deletionTimestamp: timestamp(),
    ...(isNamespace ? {} : { deletionGracePeriodSeconds: 0 }),
    ...(finalizers.length > 0 ? { finalizers } : {}),
    ...(resource.hasGeneration ? { generation: Number(object.metadata["generation"] ?? 0) + 1 } : {}),
  };
  return {
    ...object,
    metadata,
    ...(isNamespace ? { status: { ...asObject(object["status"]), phase: "Terminating" } } : {}),
  };
}
