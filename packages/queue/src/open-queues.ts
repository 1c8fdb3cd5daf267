import { bullmqBackend } from "./backends/bullmq-backend.ts";
import { postgresConnections } from "./backends/postgres-backend.ts";
import { redisConnections } from "./backends/redis-backend.ts";
import { type DeliveryQueue, deliveryQueue } from "./delivery-queue.ts";
import { type DutyQueue, dutyQueue } from "./duty-queue.ts";
import { QueueError } from "./queue-error.ts";

export interface QueueOptions {
  /** Taken when given. */
  readonly redisUrl?: string;
  /** PostgreSQL, taken when there is no Redis. BullMQ's tables go into a schema of their own there. */
  readonly databaseUrl?: string;
  /** Begins the names of all queues: what shares a Redis or a database needs different ones. */
  readonly prefix: string;
  /** Hears of lost connections; they come back by themselves. */
  readonly onError?: (error: Error) => void;
  /** Milliseconds that only grow; for tests. */
  readonly now?: () => number;
}

export interface Queues {
  /** The deliveries of one replica. The id is new with every start of a process: a predecessor's jobs are of no use to it. */
  deliveries(replicaId: string): DeliveryQueue;
  readonly duties: DutyQueue;
  /** After the workers. */
  close(): Promise<void>;
}

/** @throws QueueError QueueMisconfigured without either URL, QueueUnavailable when PostgreSQL does not answer */
export async function openQueues({
  redisUrl,
  databaseUrl,
  prefix,
  onError = () => undefined,
  now = () => performance.now(),
}: QueueOptions): Promise<Queues> {
  const backend = await openBackend();
  const duties = dutyQueue(backend, `${prefix}-duties`);
  const opened = new Map<string, ReturnType<typeof deliveryQueue>>();
  return {
    deliveries(replicaId) {
      const queue = opened.get(replicaId) ?? deliveryQueue(backend, `${prefix}-deliveries-${replicaId}`, now);
      opened.set(replicaId, queue);
      return queue;
    },
    duties,
    async close() {
      await Promise.all([duties, ...opened.values()].map((queue) => queue.close()));
      await backend.close();
    },
  };

  async function openBackend() {
    if (redisUrl !== undefined) return bullmqBackend(redisConnections(redisUrl), onError);
    if (databaseUrl === undefined)
      throw new QueueError("QueueMisconfigured", "neither Redis nor PostgreSQL was given");
    try {
      return bullmqBackend(await postgresConnections(databaseUrl), onError);
    } catch (cause) {
      throw new QueueError("QueueUnavailable", `PostgreSQL does not answer: ${String(cause)}`, { cause });
    }
  }
}
