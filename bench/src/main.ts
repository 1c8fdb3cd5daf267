import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { version } from "@heddle/server";
import { type Row, table } from "./row.ts";
import { apiServers } from "./sections/api-servers.ts";
import { inventory } from "./sections/inventory.ts";
import { memory } from "./sections/memory.ts";
import { propagation } from "./sections/propagation.ts";
import { reads } from "./sections/reads.ts";
import { reconnect } from "./sections/reconnect.ts";
import type { Section } from "./sections/section.ts";
import { start } from "./sections/start.ts";
import { traffic } from "./sections/traffic.ts";
import { translation } from "./sections/translation.ts";

const sections: Readonly<Record<string, Section>> = {
  propagation,
  "api-servers": apiServers,
  traffic,
  translation,
  memory,
  reconnect,
  inventory,
  start,
  reads,
};

const usage = `npm run bench [-- SECTION… [--agents N,N…] [--json FILE] [--profile FOLDER]]
sections: ${Object.keys(sections).join(", ")}; all unless named
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    agents: { type: "string", default: "1,10,50,100,1000" },
    json: { type: "string" },
    profile: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const agents = values.agents.split(",").map(Number);
const unknown = positionals.filter((name) => !(name in sections));
if (values.help || unknown.length > 0 || agents.some((count) => !(Number.isInteger(count) && count > 0))) {
  process.stderr.write(usage);
  process.exit(values.help ? 0 : 2);
}
if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });

const say = (line: string) => void process.stderr.write(`  ${line}\n`);
const rows: Row[] = [];
for (const [name, section] of Object.entries(sections)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  process.stderr.write(`${name}\n`);
  rows.push(...(await section({ agents, profile: values.profile, say })));
}
process.stdout.write(`${table(rows)}\n`);
if (values.json !== undefined)
  writeFileSync(
    values.json,
    `${JSON.stringify({ at: new Date().toISOString(), machine: machine(), rows }, null, 2)}\n`,
  );

function machine(): object {
  return {
    cpus: cpus().length,
    model: cpus()[0]?.model,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    heddle: version,
  };
}
