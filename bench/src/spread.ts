export interface Spread {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The middle and the slow end of what was measured, in ms to two decimals. The p99 of fewer than a hundred is the slowest. */
export function spread(times: readonly number[]): Spread {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50Ms: round(at(0.5)), p99Ms: round(at(0.99)) };
}

/** To two decimals. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
