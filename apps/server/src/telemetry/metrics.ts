import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { stages } from "./stage.ts";

/** What the server tells Prometheus. */
export interface Metrics {
  readonly registry: Registry;
  readonly agents: Gauge;
  readonly revision: Gauge;
  readonly deliveries: Counter<"outcome">;
  readonly inventoryFacts: Counter;
  readonly requests: Counter<"outcome">;
  readonly stages: Histogram<"stage">;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    agents: new Gauge({
      name: "heddle_connected_agents",
      help: "Agents connected to this replica.",
      registers,
    }),
    revision: new Gauge({
      name: "heddle_revision",
      help: "Revision that this replica has come to.",
      registers,
    }),
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
    stages: new Histogram({
      name: "heddle_change_stage_seconds",
      help: `What each stage of a change's way took: ${stages.join(", ")}.`,
      labelNames: ["stage"],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
  };
}
