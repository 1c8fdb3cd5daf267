import { configFrom, type ServerTiming, startServer } from "@heddle/server";

/**
 * One replica in a process of its own, configured by the environment as the server's program is, with timing and migrations that only tests
 * set. Tells its addresses by IPC; ends in order when the IPC does.
 */
const unlimited = { burst: 1e9, perSecond: 1e9 };
const { TEST_TIMING: timing, TEST_MIGRATIONS: migrations } = process.env;
const server = await startServer(
  {
    ...configFrom(process.env),
    relayRates: { connections: unlimited, enrolments: unlimited, renewals: unlimited },
    ...(migrations !== undefined && { migrations: new URL(migrations) }),
  },
  JSON.parse(timing ?? "{}") as Partial<ServerTiming>,
);
process.send?.({ url: server.url, token: server.firstToken });
process.on("disconnect", () => void server.close().then(() => process.exit(0)));
