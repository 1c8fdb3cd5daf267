import type { Row } from "../row.ts";
import { round } from "../spread.ts";
import { BenchServer } from "../stand/bench-server.ts";
import { canaryManifest } from "../stand/canary-manifest.ts";
import { Fleet } from "../stand/fleet.ts";
import { oneService } from "../stand/sample-facts.ts";
import type { Section } from "./section.ts";

/** (e) The server is killed and started again: until all agents, which lost their streams at once, are connected and compared. */
export const reconnect: Section = async ({ agents, say }) => {
  const count = Math.max(...agents);
  await using server = await BenchServer.start();
  await using fleet = await Fleet.connect(server, count, oneService);
  await fleet.reached(await server.apply(canaryManifest(1)));
  await server.end("SIGKILL");
  const compared = fleet.compared();
  const started = performance.now();
  await server.startAgain();
  const up = performance.now();
  await compared;
  const row: Row = {
    section: "reconnect",
    what: `${count} agents in sync after the server was killed and started again`,
    runs: 1,
    figures: {
      "server up s": round((up - started) / 1000),
      "in sync s": round((performance.now() - started) / 1000),
    },
    target: { figure: "in sync s", most: 15 },
  };
  say(`${row.figures["in sync s"]} s`);
  return [row];
};
