import type { ResourceOf } from "@heddle/api";
import { MultiMap } from "../multi-map.ts";
import { hasLabels, type Labels, labelPairs } from "../selecting/labels.ts";

export type Gateway = ResourceOf<"Gateway">;

/** Gateways that select their workloads by labels, by one of these: any workload of theirs carries it. */
export class GatewayIndex {
  readonly #byLabel = new MultiMap<string, Gateway>();

  add(gateway: Gateway): void {
    const [pair] = labelPairs(gateway.spec.selector.labels ?? {});
    if (pair !== undefined) this.#byLabel.add(pair, gateway);
  }

  delete(gateway: Gateway): void {
    const [pair] = labelPairs(gateway.spec.selector.labels ?? {});
    if (pair !== undefined) this.#byLabel.delete(pair, gateway);
  }

  /** Gateways whose labels a workload has. */
  *selecting(labels: Labels): Iterable<Gateway> {
    if (this.#byLabel.size === 0) return;
    for (const pair of labelPairs(labels))
      for (const gateway of this.#byLabel.get(pair))
        if (hasLabels(labels, gateway.spec.selector.labels)) yield gateway;
  }
}
