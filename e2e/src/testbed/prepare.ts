import { ensureBinaries, testbedAvailability } from "./binaries.ts";

/** Vitest's global setup: builds what is missing before any test's clock runs, or says once why tests will be skipped. */
export default async function prepare(): Promise<void> {
  const { available, reason } = await testbedAvailability();
  if (available) await ensureBinaries();
  else process.stderr.write(`tests on real components are skipped: ${reason}\n`);
}
