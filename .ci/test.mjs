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
const shaky = [];

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
    name: "bench",
    run: () =>
      vitest("how long a change takes, against a bare fan-out", "bench", [
        "--config",
        "bench/vitest.config.ts",
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
for (const name of shaky) process.stdout.write(`passed only when run again: ${name}\n`);
for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
process.exit(totals.failed === 0 ? 0 : 1);

/** A command that counts as one test. */
function check(name, command, args) {
  title(name);
  const { status, error } = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  count(status === 0 && !error ? { passed: 1 } : { failed: 1 }, status === 0 ? [] : [name]);
}

/** Runs test files; those that fail get a second run on their own, and what only passed then is named, as it has to be mended, too. */
function vitest(name, id, args) {
  title(name);
  const first = runVitest(id, args);
  if (first === undefined) {
    count({ failed: 1 }, [`${name}: vitest ended before it wrote its report`]);
    return;
  }
  const suspects = first.files.filter(({ failures: names }) => names.length > 0);
  const again =
    suspects.length > 0 && suspects.length <= 5
      ? runVitest(`${id}-again`, [...args, ...suspects.map(({ file }) => join(root, file))])
      : undefined;
  for (const file of first.files) {
    const second = again?.files.find((candidate) => candidate.file === file.file);
    const counted = file.failures.length > 0 && second !== undefined ? second : file;
    count(counted, counted.failures);
    if (counted !== file && counted.failures.length === 0) shaky.push(...file.failures);
  }
  // An error outside of any test (an unhandled rejection) fails the run without failing a test.
  if (first.status !== 0 && suspects.length === 0)
    count({ failed: 1 }, [`${name}: errors outside of tests, see above`]);
}

/** Undefined when there is no report. */
function runVitest(id, args) {
  const report = join(folder, `${id}.json`);
  const { status } = spawnSync(
    bin("vitest"),
    ["run", ...args, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    { cwd: root, env, stdio: "inherit" },
  );
  try {
    const { testResults } = JSON.parse(readFileSync(report, "utf8"));
    return { status, files: testResults.map(outcomeOf) };
  } catch {
    return undefined;
  }
}

function outcomeOf({ name, status, message, assertionResults }) {
  const file = name.slice(root.length + 1);
  const number = (...statuses) => assertionResults.filter((test) => statuses.includes(test.status)).length;
  const names = assertionResults
    .filter((test) => test.status === "failed")
    .map((test) => `${file} › ${test.fullName}`);
  const broken = status === "failed" && names.length === 0;
  return {
    file,
    passed: number("passed"),
    failed: names.length + (broken ? 1 : 0),
    skipped: number("pending", "skipped", "todo", "disabled"),
    failures: broken ? [`${file}: ${message.split("\n")[0]}`] : names,
  };
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
