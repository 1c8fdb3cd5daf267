#!/usr/bin/env node
import { configFrom } from "./config.ts";
import { startServer } from "./server.ts";

/** One replica, configured by the environment (see the README); ends on SIGTERM and SIGINT. */
const server = await startServer(configFrom(process.env));
process.stderr.write(`heddle server: API at ${server.url}, agents dial ${server.relayAddress}\n`);
if (server.firstToken !== undefined)
  process.stderr.write(`administrator's token, shown this once: ${server.firstToken}\n`);
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.once(signal, () => {
    void server.close().then(() => process.exit(0));
  });
