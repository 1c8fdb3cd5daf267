import { configFrom, startServer } from "@heddle/server";

/** The server in a process of its own, without limits on how fast agents come from one address. Tells its addresses by IPC. */
const unlimited = { burst: 1e9, perSecond: 1e9 };
const server = await startServer({
  ...configFrom(process.env),
  relayRates: { connections: unlimited, enrolments: unlimited, renewals: unlimited },
});
process.send?.({ url: server.url, token: server.firstToken });
process.on("message", (question) => {
  if (question === "memory") {
    globalThis.gc?.();
    process.send?.({ rss: process.memoryUsage().rss });
  }
});
process.on("disconnect", () => void server.close().then(() => process.exit(0)));
