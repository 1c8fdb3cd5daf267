import { type KubeAnswer, type KubeClient, metadataOnly } from "../client/client.ts";
import type { Discovery } from "../client/discovery.ts";
import { KubeError } from "../client/kube-error.ts";
import { objectPath, type Resource } from "../client/resource.ts";
import type { KubeObject } from "../kube-object.ts";
import { type LedgerEntry, ledgerEntry } from "./ledger.ts";
import {
  deleteAnnotation,
  fieldManager,
  hashAnnotation,
  holderOf,
  markAnnotations,
  markLabels,
  ownershipOf,
} from "./ownership.ts";
import { conflictsOf, keptByFinalizers, type NamedObject, ObjectRefused } from "./problem.ts";

/** What to do about fields that somebody else has set on an object of ours: set them back, or leave them and say so. */
export type DriftMode = "repair" | "report";

export interface ApplyOptions {
  readonly drift: DriftMode;
  /** Take over an object that somebody else made. */
  readonly adopt: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Deleting one of these deletes what others keep in it, so it is let go instead. */
const containers: ReadonlySet<string> = new Set(["Namespace", "CustomResourceDefinition"]);

/**
 * Writes single objects, one attempt a call. Nothing that Heddle does not own is written: each write carries the resource version at which
 * ownership was seen, so what changed hands since is refused by the API server and looked at again.
 */
export class ObjectWriter {
  readonly #client: KubeClient;
  readonly #discovery: Discovery;

  constructor(client: KubeClient, discovery: Discovery) {
    this.#client = client;
    this.#discovery = discovery;
  }

  /** Brings an object into its desired form. @throws ObjectRefused, KubeError. */
  async apply(
    desired: KubeObject,
    known: LedgerEntry | undefined,
    options: ApplyOptions,
  ): Promise<LedgerEntry> {
    const resource = await this.#resourceOf(desired);
    const { drift, signal } = options;
    if (known) {
      try {
        return await this.#patchOwn(resource, desired, known.resourceVersion, known, drift, signal);
      } catch (error) {
        if (!isStale(error)) throw error;
      }
    }
    const existing = await this.look(desired, signal);
    if (!existing) return this.#create(resource, desired, signal);
    const version = existing.metadata.resourceVersion ?? "";
    if (ownershipOf(existing.metadata)) {
      const before = known ?? ledgerEntry(existing);
      return this.#patchOwn(resource, desired, version, before, drift, signal);
    }
    if (options.adopt)
      return this.#patch(resource, desired, { version, force: true, signal }).then(entryOf(desired));
    const owner = holderOf(existing.metadata);
    throw new ObjectRefused("NotOwned", `exists and is held by ${owner ?? "somebody else"}`, { owner });
  }

  /** The object's metadata as it is now; undefined when there is none. @throws KubeError. */
  async look(object: NamedObject, signal?: AbortSignal): Promise<KubeObject | undefined> {
    const found = await this.read(object, signal, metadataOnly);
    return found && { apiVersion: object.apiVersion, kind: object.kind, metadata: found.metadata };
  }

  /** The object as it is now; undefined when there is none. @throws KubeError. */
  async read(object: NamedObject, signal?: AbortSignal, accept?: string): Promise<KubeObject | undefined> {
    const resource = await this.#resourceOf(object);
    const { name, namespace } = object.metadata;
    try {
      const path = objectPath(resource, namespace, name);
      const { body } = await this.#client.request<KubeObject>({ path, ...(accept && { accept }), signal });
      return body;
    } catch (error) {
      if (error instanceof KubeError && error.code === "NotFound") return undefined;
      throw error;
    }
  }

  /**
   * Deletes what the bundle still owns; nothing to delete is success. @throws KubeError, `Conflict` when it was changed meanwhile;
   * ObjectRefused `Terminating` while finalizers keep it.
   */
  async remove(entry: LedgerEntry, signal: AbortSignal | undefined): Promise<void> {
    const resource = await this.#discovery.resourceFor(entry.object.apiVersion, entry.object.kind);
    if (!resource) return;
    const existing = await this.look(entry.object, signal);
    if (!existing || ownershipOf(existing.metadata)?.bundle !== entry.bundle) return;
    const kept = keptByFinalizers(existing.metadata);
    if (kept) throw kept;
    if (existing.metadata.deletionTimestamp) return;
    if (containers.has(entry.object.kind) && existing.metadata.annotations?.[deleteAnnotation] !== "true")
      return this.#release(resource, entry.object, existing.metadata.resourceVersion, signal);
    const { uid, resourceVersion } = existing.metadata;
    const { name, namespace } = entry.object.metadata;
    try {
      const { body } = await this.#client.request<Partial<KubeObject>>({
        method: "DELETE",
        path: objectPath(resource, namespace, name),
        body: JSON.stringify({
          kind: "DeleteOptions",
          apiVersion: "v1",
          preconditions: { uid, resourceVersion },
        }),
        signal,
      });
      // The API server answers with a Status when it is gone, and with the object while it is not.
      const waits = body.metadata && keptByFinalizers(body.metadata);
      if (waits) throw waits;
    } catch (error) {
      if (!(error instanceof KubeError && error.code === "NotFound")) throw error;
    }
  }

  async #patchOwn(
    resource: Resource,
    desired: KubeObject,
    version: string,
    before: LedgerEntry | undefined,
    drift: DriftMode,
    signal: AbortSignal | undefined,
  ): Promise<LedgerEntry> {
    try {
      return await this.#patch(resource, desired, { version, force: false, signal }).then(entryOf(desired));
    } catch (error) {
      const conflict = conflictsOf(error);
      if (!conflict) throw error;
      if (drift === "repair")
        return this.#patch(resource, desired, { version, force: true, signal }).then(entryOf(desired));
      const { owner, fields } = conflict;
      const same = before?.hash === desired.metadata.annotations?.[hashAnnotation];
      throw new ObjectRefused(same ? "Drifted" : "FieldConflict", `${owner} has set ${fields}`, {
        owner,
        cause: error,
      });
    }
  }

  async #create(
    resource: Resource,
    desired: KubeObject,
    signal: AbortSignal | undefined,
  ): Promise<LedgerEntry> {
    const answer = await this.#patch(resource, desired, { force: false, signal });
    if (answer.status === 201) return entryOf(desired)(answer);
    // Somebody made an object of that name after it was looked for, and this wrote into it.
    await this.#withdraw(resource, desired, signal);
    const owner = holderOf(answer.body.metadata);
    throw new ObjectRefused("NotOwned", `was made by ${owner ?? "somebody else"} at the same moment`, {
      owner,
    });
  }

  /** Takes back what was written into an object that is not Heddle's: all fields that only Heddle set. */
  async #withdraw(resource: Resource, object: NamedObject, signal: AbortSignal | undefined): Promise<void> {
    const { name, namespace } = object.metadata;
    const metadata = namespace === undefined ? { name } : { name, namespace };
    const nothing = { apiVersion: object.apiVersion, kind: object.kind, metadata };
    await this.#patch(resource, nothing, { force: false, signal });
  }

  /** Takes Heddle's marks off an object and leaves the rest as it is. */
  async #release(
    resource: Resource,
    object: NamedObject,
    version: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const unset = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, null]));
    const metadata = {
      resourceVersion: version,
      labels: unset(markLabels),
      annotations: unset(markAnnotations),
    };
    await this.#client.request({
      method: "PATCH",
      path: objectPath(resource, object.metadata.namespace, object.metadata.name),
      query: { fieldManager },
      contentType: "application/merge-patch+json",
      accept: metadataOnly,
      body: JSON.stringify({ metadata }),
      signal,
    });
  }

  async #patch(
    resource: Resource,
    object: KubeObject,
    options: { version?: string; force: boolean; signal: AbortSignal | undefined },
  ): Promise<KubeAnswer<KubeObject>> {
    const { version, force, signal } = options;
    const body = version ? { ...object, metadata: { ...object.metadata, resourceVersion: version } } : object;
    try {
      return await this.#client.request<KubeObject>({
        method: "PATCH",
        path: objectPath(resource, object.metadata.namespace, object.metadata.name),
        query: { fieldManager, force },
        contentType: "application/apply-patch+yaml",
        accept: metadataOnly,
        body: JSON.stringify(body),
        signal,
      });
    } catch (error) {
      if (error instanceof KubeError && isKindGone(error)) {
        this.#discovery.invalidate();
        throw new ObjectRefused("KindMissing", error.message, { cause: error });
      }
      // A value of the wrong type is an internal error to the API server.
      if (error instanceof KubeError && /failed to create typed patch object/.test(error.message))
        throw new ObjectRefused("Rejected", error.message, { cause: error });
      throw error;
    }
  }

  async #resourceOf(object: NamedObject): Promise<Resource> {
    const { apiVersion, kind } = object;
    const resource = await this.#discovery.resourceFor(apiVersion, kind);
    if (!resource)
      throw new ObjectRefused("KindMissing", `the API server does not serve ${apiVersion} ${kind}`);
    if (resource.namespaced !== (object.metadata.namespace !== undefined))
      throw new ObjectRefused(
        "Malformed",
        resource.namespaced ? "has no namespace" : "must not have a namespace",
      );
    return resource;
  }
}

function entryOf(desired: KubeObject): (answer: KubeAnswer<KubeObject>) => LedgerEntry {
  return ({ body }) => {
    const { apiVersion, kind } = desired;
    // It takes writes and goes all the same.
    const kept = keptByFinalizers(body.metadata);
    if (kept) throw kept;
    const entry = ledgerEntry({ apiVersion, kind, metadata: body.metadata }, JSON.stringify(desired));
    if (!entry)
      throw new ObjectRefused("Rejected", "the API server, or a webhook, did not keep Heddle's marks");
    return entry;
  };
}

/** The resource version is not the newest any more, or the object is gone. */
function isStale(error: unknown): boolean {
  if (error instanceof ObjectRefused || !(error instanceof KubeError)) return false;
  return error.code === "Conflict" && !conflictsOf(error);
}

/** 404 that speaks neither of the object nor of its namespace. */
function isKindGone(error: KubeError): boolean {
  return error.code === "NotFound" && !error.details?.name;
}
