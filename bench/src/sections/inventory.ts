import { setTimeout as pause } from "node:timers/promises";
import type { Row } from "../row.ts";
import { round, spread } from "../spread.ts";
import { BenchServer } from "../stand/bench-server.ts";
import { Fleet } from "../stand/fleet.ts";
import { services, workloads } from "../stand/sample-facts.ts";
import type { Section } from "./section.ts";

const servicesEach = 50;
const seconds = 10;

/** (f) All agents report their first full state at once; then 1 % of all facts change every second. */
export const inventory: Section = async ({ agents, say }) => {
  const count = Math.max(...agents);
  const facts = services(servicesEach);
  await using server = await BenchServer.start();
  await using fleet = await Fleet.connect(server, count, []);
  say(`${count} agents report ${facts.length} facts each`);
  const started = performance.now();
  const first = await Promise.all(fleet.agents.map((agent) => agent.report(facts, true)));
  const allMs = performance.now() - started;
  const rows: Row[] = [
    {
      section: "inventory",
      what: `first full state of ${count} agents with ${facts.length} facts each, stored`,
      runs: 1,
      figures: {
        s: round(allMs / 1000),
        "facts/s": Math.round((facts.length * count) / (allMs / 1000)),
        ...spread(first),
      },
    },
  ];
  // A service's two workloads change together: half as many agents as changed facts have something to say.
  const changedFacts = (facts.length * count) / 100;
  const reporters = Math.min(count, Math.round(changedFacts / 2));
  const times: number[] = [];
  const begun = performance.now();
  for (let second = 0; second < seconds; second++) {
    const reports = Array.from({ length: reporters }, async (_, index) => {
      await pause((index / reporters) * 1_000);
      const agent = fleet.agents[(second * reporters + index) % count];
      times.push((await agent?.report(workloads(second % servicesEach, second % 2), false)) ?? 0);
    });
    await Promise.all(reports);
  }
  rows.push({
    section: "inventory",
    what: `1 % churn: ${reporters * 2} facts of ${reporters} agents a second for ${seconds} s, each report stored`,
    runs: times.length,
    figures: { ...spread(times), s: round((performance.now() - begun) / 1000) },
  });
  return rows;
};
