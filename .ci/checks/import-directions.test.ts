import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Who may import whom (ARCHITECTURE, "Packages and who may import whom"). Tests and `testing` folders may use more. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  api: [],
  core: ["api"],
  dialects: ["api", "core"],
  trust: ["api"],
  relay: ["api"],
  kube: ["api"],
  store: ["api", "core"],
  queue: [],
  "kube-sim": [],
};

/** Packages that are pure: no I/O, no clock, no chance. `node:crypto` is there for hashes only. */
const pure = ["api", "core", "dialects"];
const pureBuiltins = new Set(["node:crypto"]);
/** What generates files is run by hand, not by a server. */
const exempt = /(\.test\.ts|\/testing\/|\/generate\/|\/contract\/|\/measure\.ts|\.bench\.ts)/;

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^;]*?\bfrom\s+"([^"]+)"|(?:^|\n)import\s+"([^"]+)"|\bimport\("([^"]+)"\)/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

function sources(folder: string): string[] {
  return globSync("**/*.ts", { cwd: join(root, folder, "src") }).map((file) =>
    join(root, folder, "src", file),
  );
}

describe.each(Object.entries(allowed))("packages/%s", (name, mayImport) => {
  const files = sources(`packages/${name}`).filter((file) => !exempt.test(file));

  it("imports only what it may", () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((module) => module.startsWith("@heddle/") && !mayImport.includes(module.split("/")[1] ?? ""))
        .map((module) => `${file.slice(root.length + 1)} imports ${module}`),
    );
    expect(wrong).toEqual([]);
  });

  it("reaches into no other package by path", () => {
    const own = join(root, "packages", name);
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((module) => module.startsWith(".") && !join(dirname(file), module).startsWith(`${own}/`))
        .map((module) => `${file.slice(root.length + 1)} imports ${module}`),
    );
    expect(wrong).toEqual([]);
  });

  if (!pure.includes(name)) return;
  it("does no I/O, asks no clock and leaves nothing to chance", () => {
    const wrong = files.flatMap((file) => {
      const modules = importsOf(file).filter(
        (module) => module.startsWith("node:") && !pureBuiltins.has(module),
      );
      const text = readFileSync(file, "utf8");
      const chance = [
        /\bDate\.now\(/,
        /\bnew Date\(\)/,
        /\bMath\.random\(/,
        /\bperformance\.now\(/,
        /\bprocess\.env\b/,
        /\bconsole\./,
      ].filter((pattern) => pattern.test(text));
      return [...modules, ...chance.map(String)].map((found) => `${file.slice(root.length + 1)}: ${found}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe("dialects", () => {
  it("know nothing of each other: nothing about a mesh outside its folder", () => {
    const folder = join(root, "packages/dialects/src");
    const names = globSync("*/detect.ts", { cwd: folder }).map((file) => dirname(file));
    expect(names.length).toBeGreaterThan(1);
    const wrong = names.flatMap((name) =>
      sources("packages/dialects")
        .filter((file) => file.startsWith(join(folder, name)))
        .flatMap((file) =>
          importsOf(file)
            .filter((module) => module.startsWith("."))
            .map((module) => join(dirname(file), module).slice(folder.length + 1))
            .filter((target) => names.some((other) => other !== name && target.startsWith(`${other}/`)))
            .map((target) => `${file.slice(root.length + 1)} imports ${target}`),
        ),
    );
    expect(wrong).toEqual([]);
  });

  it("have the same file names", () => {
    const folder = join(root, "packages/dialects/src");
    for (const name of globSync("*/detect.ts", { cwd: folder }).map((file) => dirname(file)))
      for (const file of [
        "capabilities.ts",
        "detect.ts",
        "identity.ts",
        "index.ts",
        "translate/index.ts",
        "translate/traffic.ts",
        "translate/access.ts",
        "translate/authentication.ts",
      ])
        expect(globSync(file, { cwd: join(folder, name) }), `${name}/${file}`).toEqual([file]);
  });
});

describe("apps", () => {
  it("import no other app, but for the command line, which starts them", () => {
    const wrong = ["server", "agent"].flatMap((app) =>
      sources(`apps/${app}`).flatMap((file) =>
        importsOf(file)
          .filter((module) => /^@heddle\/(server|agent|cli|web)$/.test(module))
          .map((module) => `${file.slice(root.length + 1)} imports ${module}`),
      ),
    );
    expect(wrong).toEqual([]);
  });
});
