export type { JobCounts, JobWorker } from "./backends/backend.ts";
export type { Deliver, DeliveryQueue } from "./delivery-queue.ts";
export type { Duty, DutyHandler, DutyQueue } from "./duty-queue.ts";
export { openQueues, type QueueOptions, type Queues } from "./open-queues.ts";
export { QueueError, type QueueErrorCode } from "./queue-error.ts";
