import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { SideBySide } from "./stand/side-by-side.ts";

/** How many times the floor a write took when it was last measured on a quiet machine; to be lowered when it gets faster. */
const baseline = JSON.parse(readFileSync(new URL("../baseline.json", import.meta.url), "utf8")) as Readonly<
  Record<string, number>
>;

/** Machines differ and are noisy, so a ratio counts: against a bare gRPC fan-out that takes turns with it. */
it.each([10, 50])(
  "a write reaches %s agents in less than twice the floor's multiple of before",
  async (agents) => {
    const before = baseline[`propagation / floor, ${agents} agents`];
    await using side = await SideBySide.start(agents);
    await side.run(20);
    const { writes, floor } = await side.run(40);
    expect(before).toBeDefined();
    expect(writes["p50 ms"] / floor["p50 ms"]).toBeLessThan(2 * (before ?? 0));
  },
);
