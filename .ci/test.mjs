// All tests in turn. Ends with the line `N passed, N failed, N skipped`; exits 0 only when nothing failed.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, "node_modules", ".bin", name);
const folder = mkdtempSync(join(tmpdir(), "heddle-test-"));
// Everything below runs on the Node that the project brings.
const env = {
  ...process.env,
  PATH: `${join(root, "node_modules", ".bin")}:${process.env.PATH}`,
  TURBO_TELEMETRY_DISABLED: "1",
};
const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

const only = process.argv.slice(2);
const steps = [
  {
    name: "lint",
    run: () =>
      check("lint: format, rules, circular imports, unused code", "npm", ["run", "--silent", "lint"]),
  },
  { name: "unit", run: () => vitest("unit, property, golden and contract tests", "unit", []) },
  {
    name: "e2e",
    run: () =>
      vitest("tests on real components (the first run builds them)", "e2e", [
        "--config",
        "e2e/vitest.config.ts",
      ]),
  },
  {
    name: "demo",
    run: () => check("npm run demo -- --exit", process.execPath, ["apps/cli/dist/main.js", "demo", "--exit"]),
  },
];
try {
  for (const step of steps) if (only.length === 0 || only.includes(step.name)) step.run();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
process.exit(totals.failed === 0 ? 0 : 1);

/** A command that counts as one test. */
function check(name, command, args) {
  title(name);
  const { status, error } = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  count(status === 0 && !error ? { passed: 1 } : { failed: 1 }, status === 0 ? [] : [name]);
}

function vitest(name, id, args) {
  title(name);
  const report = join(folder, `${id}.json`);
  const { status } = spawnSync(
    bin("vitest"),
    ["run", ...args, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    { cwd: root, env, stdio: "inherit" },
  );
  let result;
  try {
    result = JSON.parse(readFileSync(report, "utf8"));
  } catch {
    count({ failed: 1 }, [`${name}: vitest ended with ${status} before it wrote its report`]);
    return;
  }
  const broken = result.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
  );
  const failed = result.testResults.flatMap((file) =>
    file.assertionResults
      .filter((test) => test.status === "failed")
      .map((test) => `${file.name.slice(root.length + 1)} › ${test.fullName}`),
  );
  count(
    {
      passed: result.numPassedTests,
      failed: result.numFailedTests + broken.length,
      skipped: result.numPendingTests + result.numTodoTests,
    },
    [
      ...failed,
      ...broken.map((file) => `${file.name.slice(root.length + 1)}: ${file.message.split("\n")[0]}`),
    ],
  );
  // An error outside of any test (an unhandled rejection) fails the run without failing a test.
  if (status !== 0 && result.numFailedTests + broken.length === 0)
    count({ failed: 1 }, [`${name}: errors outside of tests, see above`]);
}

function count({ passed = 0, failed = 0, skipped = 0 }, names) {
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += skipped;
  failures.push(...names);
}

function title(text) {
  process.stdout.write(`\n── ${text}\n`);
}
