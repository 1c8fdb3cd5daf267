import { createRedisBackend } from "bullmq";
import { Redis } from "ioredis";
import type { BullmqConnections } from "./bullmq-backend.ts";

/** Connections to the Redis at `url` (`redis://` or `rediss://`). Workers duplicate theirs for the blocking wait. */
export function redisConnections(url: string): BullmqConnections<Redis> {
  const queues = new Redis(url, { maxRetriesPerRequest: 3 });
  const workers = new Redis(url, { maxRetriesPerRequest: null });
  return {
    factory: createRedisBackend,
    queues,
    workers,
    async close() {
      await Promise.allSettled([queues.quit(), workers.quit()]);
    },
  };
}
