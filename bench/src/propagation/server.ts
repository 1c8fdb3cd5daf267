import { configFrom, startServer } from "@heddle/server";
import { startProfile } from "./profile.ts";
import { StageRecorder } from "./stage-recorder.ts";

/**
 * The server in a process of its own, without limits on how fast agents come from one address, the stages of changes counted. Tells its
 * addresses by IPC, and answers "memory" and "stages" there.
 */
const unlimited = { burst: 1e9, perSecond: 1e9 };
let stopping: ReturnType<typeof startProfile> | undefined;
const recorder = new StageRecorder();
const server = await startServer({
  ...configFrom(process.env),
  relayRates: { connections: unlimited, enrolments: unlimited, renewals: unlimited },
  onStage: recorder.observe,
});
process.send?.({ url: server.url, token: server.firstToken });
process.on("message", (question) => {
  if (question === "memory") {
    globalThis.gc?.();
    process.send?.({ rss: process.memoryUsage().rss });
  }
  if (question === "profile") stopping = startProfile();
  if (question === "profiled")
    void stopping
      ?.then((stop) => stop(`${process.env["BENCH_PROFILE"]}-server.cpuprofile`))
      .then(() => process.send?.({}));
  if (question === "stages") process.send?.(recorder.take());
});
process.on("disconnect", () => void server.close().then(() => process.exit(0)));
