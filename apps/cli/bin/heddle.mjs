#!/usr/bin/env node
// Runs the command line on the Node it needs, whatever Node the machine has: the package `node` brings its own.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const needed = 24;
const main = new URL("../dist/main.js", import.meta.url);
if (Number(process.versions.node.split(".")[0]) >= needed) await import(main.href);
else {
  const node = createRequire(import.meta.url).resolve("node/bin/node");
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}
