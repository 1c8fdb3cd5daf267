import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Row } from "../row.ts";
import { round } from "../spread.ts";
import { BenchServer } from "../stand/bench-server.ts";
import { Fleet } from "../stand/fleet.ts";
import type { Section } from "./section.ts";

const agentMeasure = fileURLToPath(new URL("../../../e2e/dist/agent/measure-memory.js", import.meta.url));

/** What the agent's program asks for itself when it is executed, see its README. */
const agentFlags = ["--lite-mode", "--max-semi-space-size=1", "--max-old-space-size=128"];

/** (d) What the server holds for each connected agent, and what an agent holds of a cluster with 1,000 services and 10,000 pods. */
export const memory: Section = async ({ agents, say }) => {
  const rows: Row[] = [];
  for (const count of agents.filter((many) => many >= 1000)) {
    await using server = await BenchServer.start();
    const empty = await server.memory();
    // V8 takes tens of MiB once, when it is busy for the first time: what an agent takes shows between the halves.
    const half = Math.round(count / 2);
    await using _first = await Fleet.connect(server, half, []);
    const before = await server.memory();
    await using _second = await Fleet.connect(server, count - half, [], "d");
    const after = await server.memory();
    const each = (part: "rss" | "heapUsed" | "external") =>
      round((after[part] - before[part]) / (count - half) / 1024);
    const kib = each("rss");
    say(`${count} agents: ${kib} KiB each`);
    rows.push({
      section: "memory",
      what: `server, for each idle agent from ${half} to ${count}`,
      runs: 1,
      figures: {
        KiB: kib,
        "of it heap KiB": each("heapUsed"),
        "buffers KiB": each("external"),
        "all above an empty server MiB": round((after.rss - empty.rss) / 2 ** 20),
      },
      target: { figure: "KiB", most: 160 },
    });
  }
  say("an agent beside 1,000 services and 10,000 pods, for half a minute");
  rows.push(agentBeside(1_000, 10_000));
  return rows;
};

/** @throws Error when the measuring program ends with an error or says nothing of memory */
function agentBeside(services: number, pods: number): Row {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [agentMeasure, String(services), String(pods), ...agentFlags],
    { encoding: "utf8", env: { ...process.env, MALLOC_ARENA_MAX: "1" } },
  );
  const [, resident] = /resident ([\d.]+) MiB after/.exec(stdout) ?? [];
  if (resident === undefined) throw new Error(`the agent was not measured: ${stderr}${stdout}`);
  return {
    section: "memory",
    what: `agent, idle beside ${services} services and ${pods} pods`,
    runs: 1,
    figures: { MB: round((Number(resident) * 2 ** 20) / 1e6), MiB: Number(resident) },
    target: { figure: "MB", most: 80 },
  };
}
