import { writeFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";

/** Profiles this process from now on; the returned function writes the .cpuprofile, which a browser's developer tools show as a flame chart. */
export async function startProfile(): Promise<(file: string) => Promise<void>> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  await session.post("Profiler.start");
  return async (file) => {
    const { profile } = await session.post("Profiler.stop");
    session.disconnect();
    await writeFile(file, JSON.stringify(profile));
  };
}
