import {
  type Finding,
  type Manifest,
  parseResourceKey,
  type ResourceKey,
  resourceKey,
  validateManifest,
} from "@heddle/api";
import { canonicalJson } from "@heddle/core";
import { type BatchResult, type ResourceEdit, type Store, StoreError } from "@heddle/store";
import { type Actor, demand } from "../auth/permissions.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { ServerError } from "../server-error.ts";
import { worldFindings } from "./world-findings.ts";

export interface EditOptions {
  /** Judge and compare, write nothing. */
  readonly dryRun: boolean;
  readonly message: string;
}

export interface EditResult {
  /** Revision of the change; null when nothing changed or nothing was written. */
  readonly revision: number | null;
  /** False when an error finding kept everything from being written, and for dry runs. */
  readonly written: boolean;
  readonly outcomes: readonly {
    readonly key: ResourceKey;
    readonly outcome: "created" | "updated" | "unchanged" | "deleted" | "absent";
    readonly generation: number | null;
    readonly resourceVersion: string | null;
  }[];
  readonly findings: readonly (Finding & { /** Index of the manifest. */ readonly index?: number })[];
}

export interface Editing {
  readonly store: Store;
  readonly fleet: Fleet;
  readonly actor: Actor;
}

/** Validates all manifests, then writes all or none, then waits until this replica knows the change. @throws ServerError */
export async function applyManifests(
  editing: Editing,
  inputs: readonly unknown[],
  options: EditOptions,
): Promise<EditResult> {
  const { fleet, actor } = editing;
  const findings: EditResult["findings"][number][] = [];
  const manifests: Manifest[] = [];
  inputs.forEach((input, index) => {
    const result = validateManifest(input);
    findings.push(...result.findings.map((told) => ({ ...told, index })));
    if (result.manifest === undefined) return;
    findings.push(...worldFindings(fleet, asResource(result.manifest)).map((told) => ({ ...told, index })));
    manifests.push(result.manifest);
  });
  for (const { kind, metadata } of manifests)
    demand(
      actor,
      { verb: "apply", kind, workspace: metadata.workspace, name: metadata.name },
      fleet.resources,
    );
  if (findings.some(({ severity }) => severity === "error"))
    return { revision: null, written: false, outcomes: [], findings };
  const edits = manifests.map(
    ({ kind, metadata, spec }): ResourceEdit => ({ op: "put", kind, metadata, spec }),
  );
  return { ...(await write(editing, edits, options)), findings };
}

/** @throws ServerError FORBIDDEN, CONFLICT */
export async function deleteResources(
  editing: Editing,
  keys: readonly ResourceKey[],
  options: EditOptions,
): Promise<EditResult> {
  for (const key of keys)
    demand(editing.actor, { verb: "delete", ...parseResourceKey(key) }, editing.fleet.resources);
  const edits = keys.map(
    (key): ResourceEdit => ({
      op: "delete",
      ...(parseResourceKey(key) as { kind: Manifest["kind"]; workspace: string; name: string }),
    }),
  );
  return { ...(await write(editing, edits, options)), findings: [] };
}

async function write(
  { store, fleet, actor }: Editing,
  edits: readonly ResourceEdit[],
  options: EditOptions,
): Promise<Omit<EditResult, "findings">> {
  if (options.dryRun) return { revision: null, written: false, outcomes: await compare(store, edits) };
  const result = await accepted(() =>
    store.resources.applyBatch(edits, { author: actor.name, message: options.message }),
  );
  fleet.wake();
  await fleet.reached(result.revision);
  return { revision: result.revision, written: true, outcomes: result.outcomes.map(outcomeOf) };
}

function outcomeOf(outcome: BatchResult["outcomes"][number]): EditResult["outcomes"][number] {
  if (outcome.outcome === "absent")
    return { key: outcome.key, outcome: "absent", generation: null, resourceVersion: null };
  const { generation, resourceVersion } = outcome.resource.metadata;
  return { key: outcome.key, outcome: outcome.outcome, generation, resourceVersion };
}

/** What a write would do. */
async function compare(store: Store, edits: readonly ResourceEdit[]): Promise<EditResult["outcomes"]> {
  const outcomes: EditResult["outcomes"][number][] = [];
  for (const edit of edits) {
    const key = edit.op === "put" ? resourceKey(edit) : resourceKey({ kind: edit.kind, metadata: edit });
    const stored = await store.resources.get(key);
    const outcome =
      edit.op === "delete"
        ? stored
          ? "deleted"
          : "absent"
        : stored === undefined
          ? "created"
          : same(edit, stored)
            ? "unchanged"
            : "updated";
    outcomes.push({
      key,
      outcome,
      generation: stored?.metadata.generation ?? null,
      resourceVersion: stored?.metadata.resourceVersion ?? null,
    });
  }
  return outcomes;
}

function same(
  edit: Extract<ResourceEdit, { op: "put" }>,
  stored: {
    readonly metadata: { readonly labels: object; readonly annotations: object };
    readonly spec: object;
  },
): boolean {
  const text = (value: { labels: object; annotations: object }, spec: object) =>
    canonicalJson({ labels: value.labels, annotations: value.annotations, spec });
  return text(edit.metadata, edit.spec) === text(stored.metadata, stored.spec);
}

/** Runs a write; what the store refuses becomes an error that says what to do. */
async function accepted<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreError && error.code === "Conflict")
      throw new ServerError("CONFLICT", `${error.message}; read it again and apply your change to that`, {
        cause: error,
      });
    if (error instanceof StoreError && (error.code === "DuplicateEdit" || error.code === "UnstorableText"))
      throw new ServerError("BAD_REQUEST", error.message, { cause: error });
    throw error;
  }
}

function asResource(manifest: Manifest): Parameters<typeof worldFindings>[1] {
  return manifest as Parameters<typeof worldFindings>[1];
}
