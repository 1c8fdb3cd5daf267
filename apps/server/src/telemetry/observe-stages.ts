import type { Metrics } from "./metrics.ts";
import type { StageObserver } from "./stage.ts";
import { openTracing, type TracingConfig } from "./tracing.ts";

export interface StageObserverOptions {
  readonly metrics: Pick<Metrics, "stages">;
  readonly tracing: TracingConfig | undefined;
  readonly also: StageObserver | undefined;
  /** Tells this installation from others. */
  readonly installation: string;
  readonly replica: string;
}

/** Every stage into the histogram, and into traces where these are on. */
export function observeStages({ metrics, tracing, also, installation, replica }: StageObserverOptions): {
  readonly observe: StageObserver;
  close(): Promise<void>;
} {
  const traces = tracing && openTracing(tracing, installation, replica);
  return {
    observe(taken) {
      metrics.stages.observe({ stage: taken.stage }, (taken.to - taken.from) / 1000);
      traces?.observe(taken);
      also?.(taken);
    },
    close: async () => traces?.close(),
  };
}
