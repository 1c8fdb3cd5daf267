#!/usr/bin/env node
import { startAgent } from "./agent.ts";
import { configFrom } from "./config.ts";

/** The agent of one cluster, configured by the environment (see the README); ends on SIGTERM and SIGINT. */
const agent = await startAgent(await configFrom(process.env));
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.once(signal, () => {
    void agent.stop().then(() => process.exit(0));
  });
