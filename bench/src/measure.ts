export interface Measured {
  readonly name: string;
  readonly runs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Runs `work` until it was run `runs` times; the first tenth warms up and does not count. */
export function measure(name: string, runs: number, work: (run: number) => void): Measured {
  const times: number[] = [];
  const warmUp = Math.floor(runs / 10);
  for (let run = 0; run < runs + warmUp; run++) {
    const started = performance.now();
    work(run);
    if (run >= warmUp) times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { name, runs, p50Ms: at(0.5), p99Ms: at(0.99) };
}

export function table(rows: readonly Measured[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(
      ({ name, runs, p50Ms, p99Ms }) =>
        `${name.padEnd(width)}  p50 ${p50Ms.toFixed(2).padStart(9)} ms  p99 ${p99Ms.toFixed(2).padStart(9)} ms  (${runs} runs)`,
    )
    .join("\n");
}
