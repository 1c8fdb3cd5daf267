import type { ObjectProblem, ObjectRef } from "@heddle/api";
import type { KubeObject, ObjectKey } from "../kube-object.ts";
import { type Ledger, type LedgerEntry, ledgerEntry } from "./ledger.ts";
import type { DriftMode, ObjectWriter } from "./object-writer.ts";
import { holderOf } from "./ownership.ts";
import { keptByFinalizers, ObjectRefused, problemOf, refOf } from "./problem.ts";
import { type RetryOptions, withRetries } from "./retry.ts";

/** What was found when an object was compared with what had been applied. */
export interface DriftFinding {
  readonly bundle: string;
  readonly object: ObjectRef;
  readonly change: "changed" | "deleted" | "released";
  /** Who did it, where the object says so. */
  readonly owner?: string;
  /**
   * `repaired`: as it should be again. `left`: it is not, and the inventory no longer counts its bundle as in place. `removed`: it was to go
   * and has gone.
   */
  readonly outcome: "repaired" | "left" | "removed";
  /** Why it was left. */
  readonly problem?: ObjectProblem;
}

export interface VerifyContext {
  readonly ledger: Ledger;
  readonly writer: ObjectWriter;
  readonly drift: DriftMode;
  readonly retries: RetryOptions;
}

/**
 * Compares an object with what was applied. A deleted one is made again; a changed one is set back or left, as the drift mode says; one whose
 * marks were removed is let go, and so is one that is to go. Undefined when it is as it should be. @throws KubeError when it cannot be looked at.
 */
export async function verifyObject(
  context: VerifyContext,
  key: ObjectKey,
): Promise<DriftFinding | undefined> {
  const { ledger } = context;
  const entry = ledger.get(key);
  if (!entry) return undefined;
  const existing = await look(context, entry);
  if (entry.leaving) {
    if (existing) return undefined;
    ledger.delete(key);
    return { bundle: entry.bundle, object: refOf(entry.object), change: "deleted", outcome: "removed" };
  }
  const now = existing && ledgerEntry(existing);
  const kept = now && keptByFinalizers(existing.metadata);
  if (now && !kept && now.fields === entry.fields && now.hash === entry.hash && now.bundle === entry.bundle) {
    ledger.set({ ...entry, resourceVersion: now.resourceVersion });
    return undefined;
  }
  const change = kept || !existing ? "deleted" : now ? "changed" : "released";
  const owner = existing && holderOf(existing.metadata);
  const known = now ? { ...entry, resourceVersion: now.resourceVersion, suspect: true } : undefined;
  if (known) ledger.set(known);
  else ledger.delete(key);
  const finding = {
    bundle: entry.bundle,
    object: refOf(entry.object),
    change,
    ...(owner ? { owner } : {}),
  } as const;
  try {
    if (kept) throw kept;
    if (change === "released") throw new ObjectRefused("NotOwned", "its marks were removed", { owner });
    if (entry.desired === undefined || (change === "changed" && context.drift === "report"))
      throw new ObjectRefused("Drifted", `was ${change} by ${owner ?? "somebody else"}`, { owner });
    const desired: KubeObject = JSON.parse(entry.desired);
    const { signal } = context.retries;
    const options = { drift: "repair", adopt: false, signal } as const;
    ledger.set(await withRetries(context.retries, () => context.writer.apply(desired, known, options)));
    return { ...finding, outcome: "repaired" };
  } catch (error) {
    context.retries.signal?.throwIfAborted();
    return { ...finding, outcome: "left", problem: problemOf(entry.object, error) };
  }
}

/** An object whose kind is no longer served is gone. */
async function look({ writer, retries }: VerifyContext, entry: LedgerEntry): Promise<KubeObject | undefined> {
  try {
    return await withRetries(retries, () => writer.look(entry.object, retries.signal));
  } catch (error) {
    if (error instanceof ObjectRefused) return undefined;
    throw error;
  }
}
