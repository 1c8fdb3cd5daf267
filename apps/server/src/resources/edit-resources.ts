import {
  type Finding,
  type Manifest,
  parseResourceKey,
  type ResourceKey,
  type Verb,
  validateManifest,
} from "@heddle/api";
import { type BatchResult, type ResourceEdit, type Store, StoreError } from "@heddle/store";
import { type Actor, demand } from "../auth/permissions.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { type PlannedResource, plannedResources } from "../plan/planned-resources.ts";
import { ServerError } from "../server-error.ts";
import type { StageObserver } from "../telemetry/stage.ts";
import { inputFindings } from "./input-findings.ts";

export interface EditOptions {
  /** Judge and compare, write nothing. */
  readonly dryRun: boolean;
  readonly message: string;
  /** What the actor must be allowed to do; unless said otherwise `apply` or `delete`, and `plan` for dry runs. */
  readonly verb?: Verb;
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
  readonly stage?: StageObserver;
}

/** Resources of one batch; more are several batches. */
const batchAtMost = 10_000;

/** What a person wants changed, in one go. */
export interface WantedEdits {
  /** Not validated yet. */
  readonly manifests: readonly unknown[];
  readonly deletes: readonly ResourceKey[];
}

/** Validates all manifests, then writes all or none, then waits until this replica knows the change. @throws ServerError */
export async function applyManifests(
  editing: Editing,
  manifests: readonly unknown[],
  options: EditOptions,
): Promise<EditResult> {
  return editResources(editing, { manifests, deletes: [] }, options);
}

/** @throws ServerError FORBIDDEN, CONFLICT */
export async function deleteResources(
  editing: Editing,
  deletes: readonly ResourceKey[],
  options: EditOptions,
): Promise<EditResult> {
  return editResources(editing, { manifests: [], deletes }, options);
}

/** Both at once, as one revision. @throws ServerError FORBIDDEN, CONFLICT, BAD_REQUEST */
export async function editResources(
  editing: Editing,
  wanted: WantedEdits,
  options: EditOptions,
): Promise<EditResult> {
  const { edits, findings } = judgeEdits(editing, wanted, {
    put: options.verb ?? (options.dryRun ? "plan" : "apply"),
    delete: options.verb ?? (options.dryRun ? "plan" : "delete"),
  });
  if (findings.some(({ severity }) => severity === "error"))
    return { revision: null, written: false, outcomes: [], findings };
  return { ...(await write(editing, edits, options)), findings };
}

/** Validates, and asks whether the actor may: what is wanted as edits of the store. @throws ServerError FORBIDDEN */
export function judgeEdits(
  { fleet, actor }: Editing,
  wanted: WantedEdits,
  verbs: { readonly put: Verb; readonly delete: Verb },
): { readonly edits: readonly ResourceEdit[]; readonly findings: EditResult["findings"] } {
  if (wanted.manifests.length + wanted.deletes.length > batchAtMost)
    throw new ServerError(
      "BAD_REQUEST",
      `${batchAtMost} resources are the most at once: send several batches`,
    );
  const read = wanted.manifests.map((input) => validateManifest(input));
  const manifests = read.flatMap(({ manifest }) => manifest ?? []);
  for (const { kind, metadata } of manifests)
    demand(
      actor,
      { verb: verbs.put, kind, workspace: metadata.workspace, name: metadata.name },
      fleet.resources,
    );
  for (const key of wanted.deletes)
    demand(actor, { verb: verbs.delete, ...parseResourceKey(key) }, fleet.resources);
  return {
    edits: [
      ...manifests.map(({ kind, metadata, spec }): ResourceEdit => ({ op: "put", kind, metadata, spec })),
      ...wanted.deletes.map(
        (key): ResourceEdit => ({
          op: "delete",
          ...(parseResourceKey(key) as { kind: Manifest["kind"]; workspace: string; name: string }),
        }),
      ),
    ],
    findings: [
      ...read.flatMap(({ findings }, index) => findings.map((told) => ({ ...told, index }))),
      ...inputFindings({ fleet, actor }, read, wanted.deletes),
    ],
  };
}

async function write(
  { store, fleet, actor, stage }: Editing,
  edits: readonly ResourceEdit[],
  options: EditOptions,
): Promise<Omit<EditResult, "findings">> {
  if (options.dryRun) {
    await known(fleet, await store.changes.revision());
    const outcomes = plannedResources(fleet.resources, edits, new Date().toISOString());
    return { revision: null, written: false, outcomes: outcomes.map(plannedOutcome) };
  }
  const from = performance.now();
  const { message } = options;
  const { revision, outcomes } = await accepted(() =>
    store.resources.applyBatch(edits, { author: actor.name, message }),
  );
  if (revision !== null) {
    stage?.({ stage: "commit", revision, from, to: performance.now() });
    const changed = outcomes.filter(({ outcome }) => outcome !== "absent" && outcome !== "unchanged");
    await Promise.all([
      known(fleet, revision),
      store.audit.append(
        ...changed.map(({ key, outcome }) => ({
          actor: actor.name,
          action: outcome === "deleted" ? "delete" : "apply",
          target: key,
          detail: { outcome, revision, message },
        })),
      ),
    ]);
  }
  return { revision, written: true, outcomes: outcomes.map(outcomeOf) };
}

/**
 * Waits until this replica knows what was written, so that who wrote it reads it here.
 * @throws ServerError UNAVAILABLE when that takes too long; it is written all the same
 */
export async function known(fleet: Fleet, revision: number): Promise<void> {
  if (await fleet.reached(revision)) return;
  throw new ServerError(
    "UNAVAILABLE",
    `everything up to revision ${revision} is stored, but this server has not come to it yet: read it again in a moment`,
  );
}

function outcomeOf(outcome: BatchResult["outcomes"][number]): EditResult["outcomes"][number] {
  if (outcome.outcome === "absent")
    return { key: outcome.key, outcome: "absent", generation: null, resourceVersion: null };
  const { generation, resourceVersion } = outcome.resource.metadata;
  return { key: outcome.key, outcome: outcome.outcome, generation, resourceVersion };
}

function plannedOutcome({ key, outcome, before }: PlannedResource): EditResult["outcomes"][number] {
  const { generation = null, resourceVersion = null } = before?.metadata ?? {};
  return { key, outcome, generation, resourceVersion };
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
