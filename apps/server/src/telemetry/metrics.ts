import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import { stages } from "./stage.ts";

/** What the server counts for Prometheus; how it stands is in `state-gauges.ts`. */
export interface Metrics {
  readonly registry: Registry;
  readonly deliveries: Counter<"outcome">;
  readonly inventoryFacts: Counter;
  readonly requests: Counter<"outcome">;
  readonly queueFaults: Counter;
  readonly taskFailures: Counter<"task">;
  readonly stages: Histogram<"stage">;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    deliveries: new Counter({
      name: "heddle_deliveries_total",
      help: "Deliveries to agents, by outcome: sent or failed.",
      labelNames: ["outcome"],
      registers,
    }),
    inventoryFacts: new Counter({
      name: "heddle_inventory_facts_total",
      help: "Facts of clusters that changed.",
      registers,
    }),
    requests: new Counter({
      name: "heddle_api_requests_total",
      help: "GraphQL requests, by outcome: ok, error (of a resolver) or refused (before any ran).",
      labelNames: ["outcome"],
      registers,
    }),
    queueFaults: new Counter({
      name: "heddle_queue_faults_total",
      help: "Lost connections to the queue, and jobs that it did not take.",
      registers,
    }),
    taskFailures: new Counter({
      name: "heddle_task_failures_total",
      help: "What this replica does every few seconds and could not, by task.",
      labelNames: ["task"],
      registers,
    }),
    stages: new Histogram({
      name: "heddle_change_stage_seconds",
      help: `What each stage of a change's way took: ${stages.join(", ")}.`,
      labelNames: ["stage"],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
  };
}
