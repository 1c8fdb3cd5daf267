import { describe, expect, it } from "vitest";
import { StoreError } from "../store-error.ts";
import { testClock } from "../testing/test-clock.ts";
import { withRetry } from "./retry.ts";

/** Fails with these errors in turn, then succeeds. */
function failing(...errors: unknown[]) {
  let runs = 0;
  return {
    run: async () => {
      const error = errors[runs];
      runs += 1;
      if (error !== undefined) throw error;
      return "done";
    },
    runs: () => runs,
  };
}
const coded = (code: string, message = code) => Object.assign(new Error(message), { code });
const prismaError = (originalCode: string) =>
  Object.assign(new Error("invocation failed"), {
    meta: { driverAdapterError: { cause: { originalCode, originalMessage: "" } } },
  });

describe("withRetry", () => {
  it.each([
    ["a serialization failure", coded("40001")],
    ["a deadlock", coded("40P01")],
    ["another writer's insert", coded("23505")],
    ["a server that starts", coded("57P03")],
    ["a refused connection", coded("ECONNREFUSED")],
    ["a connection lost", coded("", "Connection terminated unexpectedly")],
    ["an exhausted pool", coded("", "timeout exceeded when trying to connect")],
    ["a fault inside Prisma's error", prismaError("40001")],
    ["a fault behind a cause", new Error("outer", { cause: coded("57P01") })],
  ])("runs again after %s", async (_, error) => {
    const { run, runs } = failing(error, error);
    expect(await withRetry(testClock(), false, run)).toBe("done");
    expect(runs()).toBe(3);
  });

  it("runs again after a commit of unknown outcome only what may be repeated", async () => {
    const unknown = new StoreError("CommitUnknown", "lost");
    expect(await withRetry(testClock(), true, failing(unknown).run)).toBe("done");
    const { run, runs } = failing(unknown);
    await expect(withRetry(testClock(), false, run)).rejects.toBe(unknown);
    expect(runs()).toBe(1);
  });

  it("gives up after a bounded time, with growing pauses", async () => {
    const pauses: number[] = [];
    const clock = { ...testClock(), sleep: async (ms: number) => void pauses.push(ms) };
    const { run, runs } = failing(...Array.from({ length: 100 }, () => coded("ECONNREFUSED")));
    await expect(withRetry(clock, true, run)).rejects.toMatchObject({
      code: "DatabaseUnavailable",
      retryable: true,
    });
    expect(runs()).toBe(8);
    expect(pauses).toHaveLength(7);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1_000);
    expect(pauses.at(-1)).toBeGreaterThan(pauses[0] ?? 0);
  });

  it("says at once that the disk is full", async () => {
    const { run, runs } = failing(coded("53100", "could not extend file"));
    await expect(withRetry(testClock(), true, run)).rejects.toMatchObject({
      code: "DatabaseFull",
      retryable: true,
    });
    expect(runs()).toBe(1);
  });

  it("passes a mistake on at once, without the password", async () => {
    const { run, runs } = failing(coded("42601", "syntax error at postgresql://heddle:secret@127.0.0.1/x"));
    const failed = withRetry(testClock(), true, run);
    await expect(failed).rejects.toMatchObject({ code: "DatabaseFailed", retryable: false });
    await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining("secret") });
    expect(runs()).toBe(1);
  });
});
