// Plain Node 20: brings what everything else needs. Installs packages when they are missing or not those of package-lock.json, then builds.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, "node_modules", ".heddle-installed");

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 20)
  fail(
    `Node ${process.versions.node} is too old: Heddle needs Node 20 or newer (it brings Node 24 for itself)`,
  );

const lock = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
const installed = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
if (installed !== lock) {
  say("installing packages …");
  // Not `npm ci`: it refuses a lock file without the optional packages of platforms that a registry mirror does not have.
  run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (!existsSync(join(root, "node_modules", "node", "bin", "node")))
    fail(
      "npm did not install Node 24 (package `node`): its install script must be allowed, see `allowScripts` in package.json",
    );
  writeFileSync(stamp, lock);
}
say("building …");
run(join(root, "node_modules", ".bin", "turbo"), [
  "run",
  "build",
  "--output-logs=errors-only",
  "--log-order=grouped",
  "--concurrency=2",
]);

function run(command, args) {
  const path = `${join(root, "node_modules", ".bin")}:${process.env.PATH}`;
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
  });
  if (error) fail(`${command} cannot be run: ${error.message}`);
  if (status !== 0) fail(`${command} ${args[0]} failed`);
}

function say(text) {
  process.stderr.write(`heddle: ${text}\n`);
}

function fail(text) {
  process.stderr.write(`heddle: ${text}\n`);
  process.exit(1);
}
