import type { Clock } from "../clock.ts";
import { StoreError } from "../store-error.ts";
import { faultKind, hasCode } from "./transient.ts";

const attempts = 8;
const giveUpAfterMs = 15_000;
const firstPauseMs = 20;
const longestPauseMs = 1_000;

/**
 * Runs it again after a fault that left nothing behind, with growing jittered pauses (3 s of them in all), then gives up. An open
 * transaction leaves nothing behind; a commit whose answer was lost may have. `repeatable` says that a second run does no harm even so.
 *
 * @throws StoreError DatabaseUnavailable, DatabaseFull, CommitUnknown, UnstorableText, DatabaseFailed; other StoreErrors pass through
 */
export async function withRetry<T>(clock: Clock, repeatable: boolean, run: () => Promise<T>): Promise<T> {
  const start = clock.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      const late = attempt === attempts || clock.now() - start > giveUpAfterMs;
      if (late || !canRunAgain(error, repeatable)) throw coded(error);
      const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** attempt);
      await clock.sleep(pause * (0.5 + Math.random() / 2));
    }
  }
}

function canRunAgain(error: unknown, repeatable: boolean): boolean {
  if (error instanceof StoreError) return repeatable && error.code === "CommitUnknown";
  return faultKind(error) !== "permanent";
}

function coded(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  if (unstorable.some((code) => hasCode(error, code)))
    return new StoreError(
      "UnstorableText",
      "a text holds a NUL character or half a surrogate pair, which cannot be stored",
      { cause: error },
    );
  if (hasCode(error, diskFull))
    return new StoreError("DatabaseFull", "the database has no room left on its disk", { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  if (faultKind(error) === "permanent") return new StoreError("DatabaseFailed", message, { cause: error });
  return new StoreError("DatabaseUnavailable", `the database does not answer: ${message}`, { cause: error });
}

const diskFull = "53100";
/** untranslatable_character, invalid_text_representation (of JSON), character_not_in_repertoire. */
const unstorable = ["22P05", "22P02", "22021"];
