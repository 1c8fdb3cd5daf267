import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { table } from "./measure.ts";
import { editByClusters, editByTables, editByWorldSize, full } from "./translation.ts";

/** `npm run bench [-- --json FILE]`: prints a table; the method is in README.md. */
const measured = [...editByWorldSize(), ...editByTables(), ...editByClusters(), ...full()];
process.stdout.write(`${table(measured)}\n`);
const json = process.argv.indexOf("--json");
const file = process.argv[json + 1];
if (json > 0 && file !== undefined) {
  const machine = {
    cpus: cpus().length,
    model: cpus()[0]?.model,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  writeFileSync(file, `${JSON.stringify({ machine, measured }, null, 2)}\n`);
}
