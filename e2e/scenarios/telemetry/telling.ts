import { waitUntil } from "../../src/testbed/wait-until.ts";
import type { Scene } from "../scene.ts";

/** Waits until the collector has got the text, on a port. Proxies send spans every five seconds, logs every second. */
export async function collectedAt(scene: Scene, port: number, text: string) {
  return waitUntil(`${text} is collected at ${port}`, async () => {
    const found = (await scene.collected(text)).filter((each) => each.port === port);
    return found.length > 0 && found;
  });
}

/** The collector as policies name it. */
export const collector = { name: "collector", namespace: "observe" };
