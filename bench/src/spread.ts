/** The middle, the slow end and the slowest of what was measured, in ms to two decimals. */
export function spread(times: readonly number[]): { "p50 ms": number; "p99 ms": number } {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { "p50 ms": round(at(0.5)), "p99 ms": round(at(0.99)) };
}

/** To two decimals. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
