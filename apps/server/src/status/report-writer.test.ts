import type { BundleReport } from "@heddle/api";
import { pino } from "pino";
import { expect, it } from "vitest";
import { ReportWriter } from "./report-writer.ts";

const report = (bundle: string, revision: number): BundleReport => ({
  bundle,
  revision,
  hash: `h${revision}`,
  objects: 1,
  problems: [],
});

/** A store whose writes are noted, and fail or wait as told. */
function storeThat(write: (call: number) => Promise<void>) {
  const calls: Record<string, string[]>[] = [];
  const status = {
    recordBundleReports: async (reports: ReadonlyMap<string, readonly BundleReport[]>) => {
      calls.push(
        Object.fromEntries(
          [...reports].map(([cluster, told]) => [
            cluster,
            told.map(({ bundle, revision }) => `${bundle}@${revision}`),
          ]),
        ),
      );
      await write(calls.length);
    },
  };
  return { calls, writer: new ReportWriter(status, pino({ level: "silent" })) };
}

it("writes what many clusters reported at once", async () => {
  const { calls, writer } = storeThat(async () => undefined);
  writer.add("east", [report("a", 1)]);
  writer.add("west", [report("a", 1)]);
  writer.add("east", [report("b", 1)]);
  await writer.flush();
  expect(calls).toEqual([{ east: ["a@1", "b@1"], west: ["a@1"] }]);
});

it("keeps what could not be written, before what came later", async () => {
  const { calls, writer } = storeThat(async (call) => {
    if (call === 1) throw new Error("away");
  });
  writer.add("east", [report("a", 1)]);
  await writer.flush();
  writer.add("east", [report("a", 2)]);
  await writer.flush();
  expect(calls).toEqual([{ east: ["a@1"] }, { east: ["a@1", "a@2"] }]);
});

it("writes one statement at a time, in order", async () => {
  const release = Promise.withResolvers<void>();
  const { calls, writer } = storeThat((call) => (call === 1 ? release.promise : Promise.resolve()));
  writer.add("east", [report("a", 1)]);
  const first = writer.flush();
  await Promise.resolve();
  writer.add("east", [report("a", 2)]);
  const second = writer.flush();
  await new Promise((resolve) => setImmediate(resolve));
  expect(calls).toHaveLength(1);
  release.resolve();
  await Promise.all([first, second]);
  expect(calls).toEqual([{ east: ["a@1"] }, { east: ["a@2"] }]);
});
