/** Waits until `probe` gives something other than undefined or false. Throws after `ms`, so that a test fails instead of hanging. */
export async function eventually<T>(probe: () => T | undefined | false, ms = 10_000): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const value = probe();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`it did not happen within ${ms} ms: ${probe}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
