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
  for (const count of agents.filter((many) => many >= 100)) {
    await using server = await BenchServer.start();
    // What is loaded and allocated once is none of the agents'.
    await using _first = await Fleet.connect(server, 10, []);
    const before = await server.memory();
    await using _rest = await Fleet.connect(server, count, [], "d");
    const kib = round(((await server.memory()) - before) / count / 1024);
    say(`${count} agents: ${kib} KiB each`);
    rows.push({
      section: "memory",
      what: `server, for each of ${count} idle agents`,
      runs: 1,
      figures: { KiB: kib },
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
    figures: { MB: round((Number(resident) * 2 ** 20) / 1e6) },
    target: { figure: "MB", most: 80 },
  };
}
