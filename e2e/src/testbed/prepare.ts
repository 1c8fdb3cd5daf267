import { meshAvailability } from "../mesh/istio/mesh-availability.ts";
import { ensureMeshBinaries } from "../mesh/istio/mesh-binaries.ts";
import { ensureBinaries, testbedAvailability } from "./binaries.ts";

/** Vitest's global setup: builds what is missing before any test's clock runs, or says once why tests will be skipped. */
export default async function prepare(): Promise<void> {
  const { available, reason } = await testbedAvailability();
  if (available) await ensureBinaries();
  else process.stderr.write(`tests on real components are skipped: ${reason}\n`);
  if (!available) return;
  const mesh = await meshAvailability();
  if (mesh.available) await ensureMeshBinaries();
  else process.stderr.write(`tests on a real mesh are skipped: ${mesh.reason}\n`);
}
