import { configFrom, startServer } from "@heddle/server";
import { startProfile } from "./profile.ts";
import { StageRecorder } from "./stage-recorder.ts";

/**
 * The server in a process of its own, without limits on how fast agents come from one address. Tells its addresses by IPC and answers
 * there, see `BenchServer`; ends when the IPC does.
 */
export type Question =
  | { readonly ask: "memory" | "stages" | "profile" }
  | { readonly ask: "profiled"; readonly file: string };

const unlimited = { burst: 1e9, perSecond: 1e9 };
const recorder = new StageRecorder();
const server = await startServer({
  ...configFrom(process.env),
  relayRates: { connections: unlimited, enrolments: unlimited, renewals: unlimited },
  onStage: recorder.observe,
});
let stop: Awaited<ReturnType<typeof startProfile>> | undefined;

process.on("message", async (question: Question) => process.send?.(await answer(question)));
process.on("disconnect", () => void server.close().then(() => process.exit(0)));
process.send?.({ url: server.url, token: server.firstToken });

async function answer(question: Question): Promise<object> {
  switch (question.ask) {
    case "memory":
      globalThis.gc?.();
      globalThis.gc?.();
      return process.memoryUsage();
    case "stages":
      return recorder.take();
    case "profile":
      stop = await startProfile();
      return {};
    case "profiled":
      await stop?.(question.file);
      return {};
  }
}
