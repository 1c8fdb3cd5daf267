#!/usr/bin/env -S node --lite-mode --max-semi-space-size=1 --max-old-space-size=128
import { startAgent } from "./agent.ts";
import { configFrom } from "./config.ts";

/** The agent of one cluster, configured by the environment (see the README); ends on SIGTERM and SIGINT. */
const agent = await startAgent(await configFrom(process.env));
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.once(signal, () => {
    void agent.stop();
  });
// The next process starts with what the cluster holds then, not with what this one remembers.
process.exit((await agent.ended) === "superseded" ? 1 : 0);
