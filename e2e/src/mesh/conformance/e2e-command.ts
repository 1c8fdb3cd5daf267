/** `npm run e2e -- traffic [--report]`: the scenarios on a real mesh as a table, and from a green run `docs/conformance.md`. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { versions } from "../../testbed/versions.ts";
import { meshAvailability } from "../istio/mesh-availability.ts";
import { conformancePage, goldenProofs, istioCapabilities } from "./conformance.ts";
import { type Played, playedTable, proofsOf } from "./played.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const usage = "usage: npm run e2e -- traffic [--report]\n";

process.exitCode = await main(process.argv.slice(2));

async function main([area, ...options]: readonly string[]): Promise<number> {
  const { available, reason } = await meshAvailability();
  if (!available) {
    process.stderr.write(`there can be no real mesh here: ${reason}\n`);
    return 1;
  }
  if (area === "traffic") return traffic(options.includes("--report"));
  process.stderr.write(usage);
  return 2;
}

async function traffic(report: boolean): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "heddle-outcomes-"));
  const outcomes = join(folder, "outcomes.json");
  try {
    const tests = ["scenarios/traffic", ...(report ? ["src/mesh/analyze"] : [])];
    const status = await vitest(tests, { HEDDLE_OUTCOMES: outcomes });
    const text = await readFile(outcomes, "utf8").catch(() => "[]");
    const played = JSON.parse(text) as Played[];
    process.stdout.write(`\n${playedTable(played)}`);
    if (status !== 0 || !report) return status;
    const table = istioCapabilities();
    const accepted = await goldenProofs(join(root, "packages", "dialects", "golden"), table);
    const page = conformancePage(table, proofsOf(played), accepted, {
      istio: versions.istioRelease,
      envoy: versions.envoy,
    });
    await writeFile(join(root, "docs", "conformance.md"), page);
    process.stdout.write("docs/conformance.md is written\n");
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function vitest(tests: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(
    process.execPath,
    [join(root, "node_modules", "vitest", "vitest.mjs"), "run", "--config", "e2e/vitest.config.ts", ...tests],
    { cwd: root, stdio: "inherit", env: { ...process.env, ...env } },
  );
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
