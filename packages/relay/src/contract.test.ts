import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const run = promisify(execFile);
const home = fileURLToPath(new URL("..", import.meta.url));
const bin = fileURLToPath(new URL("../../../node_modules/.bin", import.meta.url));
const buf = (...args: string[]) =>
  run(join(bin, "buf"), args, { cwd: home, env: { ...process.env, PATH: `${bin}:${process.env["PATH"]}` } });

describe("the contract", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "heddle-relay-gen-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is well formed", () => buf("lint"));

  it("breaks nothing that was released", () => buf("breaking", "--against", "proto/released.binpb"));

  it("is what src/gen was generated from", async () => {
    await buf("generate", "--output", folder);
    const files = (await readdir(join(folder, "src/gen"), { recursive: true })).filter((file) =>
      file.endsWith(".ts"),
    );
    expect(files).toEqual(["heddle/relay/v1/relay_pb.ts"]);
    for (const file of files)
      expect(await readFile(join(folder, "src/gen", file), "utf8")).toBe(
        await readFile(join(home, "src/gen", file), "utf8"),
      );
  });
});
