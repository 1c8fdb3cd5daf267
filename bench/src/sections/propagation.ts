import { join } from "node:path";
import type { Row } from "../row.ts";
import { round } from "../spread.ts";
import { startProfile } from "../stand/profile.ts";
import { SideBySide } from "../stand/side-by-side.ts";
import type { Section, SectionOptions } from "./section.ts";

const runs = 50;
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
  await using side = await SideBySide.start(count);
  const { server } = side;
  await side.run(warmUp);
  await server.stages();
  const stop = profile === undefined ? undefined : await startProfile();
  if (stop !== undefined) await server.profile();
  const { writes: times, floor } = await side.run(runs);
  if (stop !== undefined && profile !== undefined) {
    await stop(join(profile, `propagation-${count}-agents.cpuprofile`));
    await server.profiled(join(profile, `propagation-${count}-server.cpuprofile`));
  }
  const stages = await server.stages();
  const burstMs = await side.burst(burst);
  const section = "propagation";
  const what = `to ${count} ${count === 1 ? "agent" : "agents"}`;
  const most = targets[count];
  say(`${what}: p50 ${times["p50 ms"]} ms, p99 ${times["p99 ms"]} ms`);
  return [
    {
      section,
      what: `a write ${what}`,
      runs,
      figures: { ...times, "of the floor's p50": round(times["p50 ms"] / floor["p50 ms"]) },
      ...(most !== undefined && { target: { figure: "p99 ms", most } }),
    },
    { section, what: `bare gRPC fan-out to ${count} (the floor)`, runs, figures: floor },
    { section, what: `${burst} writes at once ${what}`, runs: 1, figures: { ms: round(burstMs) } },
    ...stages.map(({ stage, count: taken, ...figures }) => ({
      section: "stages",
      what: `${stage}, ${what}`,
      runs: taken,
      figures,
    })),
  ];
}
