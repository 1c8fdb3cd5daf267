import type { Clock } from "../clock.ts";

/** Stands still until it is told; pauses take no time. */
export function testClock(start = Date.parse("2026-01-01T00:00:00Z")): Clock & { advance(ms: number): void } {
  let now = start;
  return {
    now: () => now,
    sleep: async () => undefined,
    advance(ms) {
      now += ms;
    },
  };
}
