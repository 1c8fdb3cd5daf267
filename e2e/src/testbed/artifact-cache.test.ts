import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cacheRoot, ensureArtifact } from "./artifact-cache.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "heddle-cache-"));
});
afterEach(() => rm(root, { recursive: true }));

it("makes an artifact once, even when asked for many times at once", async () => {
  let made = 0;
  const artifact = {
    name: "thing-1",
    make: async (folder: string) => {
      made += 1;
      await writeFile(join(folder, "thing"), "content");
    },
  };
  const folders = await Promise.all([1, 2, 3].map(() => ensureArtifact(artifact, root)));
  expect(made).toBe(1);
  expect(new Set(folders).size).toBe(1);
  expect(await readFile(join(root, "thing-1", "thing"), "utf8")).toBe("content");
});

it("leaves nothing of a failed attempt, and tries again the next time", async () => {
  const failing = { name: "thing-2", make: () => Promise.reject(new Error("no disk")) };
  await expect(ensureArtifact(failing, root)).rejects.toThrow("no disk");
  expect(await readdir(root)).toEqual([]);
  await ensureArtifact({ name: "thing-2", make: async () => {} }, root);
  expect(await readdir(root)).toEqual(["thing-2"]);
});

it("takes over the lock of a run that died", async () => {
  await writeFile(join(root, "thing-3.lock"), "999999999");
  await ensureArtifact({ name: "thing-3", make: async () => {} }, root);
  expect(await readdir(root)).toEqual(["thing-3"]);
});

it("keeps to the environment's cache folder", () => {
  expect(cacheRoot({ HEDDLE_TESTBED_CACHE: "/a" })).toBe("/a");
  expect(cacheRoot({ XDG_CACHE_HOME: "/b" })).toBe("/b/heddle/testbed");
});
