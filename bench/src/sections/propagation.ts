import { join } from "node:path";
import { floorOf } from "../floor/floor.ts";
import type { Row } from "../row.ts";
import { round, spread } from "../spread.ts";
import { BenchServer } from "../stand/bench-server.ts";
import { Fleet } from "../stand/fleet.ts";
import { startProfile } from "../stand/profile.ts";
import { oneService } from "../stand/sample-facts.ts";
import { canaryManifest, otherManifest } from "./canary-manifest.ts";
import type { Section, SectionOptions } from "./section.ts";

const writes = 50;
const warmUp = 20;
const burst = 100;
const targets: Readonly<Record<number, number>> = { 1: 15, 10: 25, 50: 40, 100: 60, 1000: 250 };

/** (a) From a write through GraphQL until all agents have it, beside a bare gRPC fan-out to as many streams. */
export const propagation: Section = async (options) => {
  const rows: Row[] = [];
  for (const count of options.agents) rows.push(...(await propagationTo(count, options)));
  return rows;
};

async function propagationTo(count: number, { profile, say }: SectionOptions): Promise<Row[]> {
  await using server = await BenchServer.start();
  await using fleet = await Fleet.connect(server, count, oneService);
  const write = async (index: number) => fleet.reached(await server.apply(canaryManifest(index)));
  for (let index = 0; index < warmUp; index++) await write(index);
  await server.stages();
  const stop = profile === undefined ? undefined : await startProfile();
  if (stop !== undefined) await server.profile();
  const times: number[] = [];
  for (let index = 0; index < writes; index++) {
    const started = performance.now();
    await write(warmUp + index);
    times.push(performance.now() - started);
  }
  if (stop !== undefined && profile !== undefined) {
    await stop(join(profile, `propagation-${count}-agents.cpuprofile`));
    await server.profiled(join(profile, `propagation-${count}-server.cpuprofile`));
  }
  const stages = await server.stages();
  const burstAt = performance.now();
  const revisions = await Promise.all(
    Array.from({ length: burst }, (_, index) => server.apply(otherManifest(index))),
  );
  await fleet.reached(Math.max(...revisions));
  const burstMs = performance.now() - burstAt;
  const floor = await floorOf(count, writes);
  const section = "propagation";
  const what = `to ${count} ${count === 1 ? "agent" : "agents"}`;
  const figures = spread(times);
  const most = targets[count];
  say(`${what}: p50 ${figures["p50 ms"]} ms, p99 ${figures["p99 ms"]} ms`);
  return [
    {
      section,
      what: `a write ${what}`,
      runs: writes,
      figures: { ...figures, "of the floor's p50": round(figures["p50 ms"] / floor["p50 ms"]) },
      ...(most !== undefined && { target: { figure: "p99 ms", most } }),
    },
    { section, what: `bare gRPC fan-out to ${count} (the floor)`, runs: writes, figures: floor },
    { section, what: `${burst} writes at once ${what}`, runs: 1, figures: { ms: round(burstMs) } },
    ...stages.map(({ stage, count: runs, ...taken }) => ({
      section: "stages",
      what: `${stage}, ${what}`,
      runs,
      figures: taken,
    })),
  ];
}
