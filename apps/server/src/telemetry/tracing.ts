import { createHash } from "node:crypto";
import { ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { version } from "../version.ts";
import type { StageObserver } from "./stage.ts";

export interface TracingConfig {
  /** As OTEL_SERVICE_NAME says. */
  readonly serviceName: string;
  /** The share of changes whose traces are recorded, 0 to 1. */
  readonly ratio: number;
}

export interface Tracing {
  readonly observe: StageObserver;
  /** Exports what has gathered. */
  close(): Promise<void>;
}

/** Finished spans that wait for export at most; a change that a thousand clusters take is four thousand. What is over is dropped. */
const waitingAtMost = 16_384;

/**
 * Exports each stage of a change as a span, over OTLP as the OTEL_EXPORTER_OTLP_* variables say. The trace of a change is named by its revision: whatever replica has a part in it finds the
 * same trace without being told of it. `installation` keeps apart what shares a collector.
 */
export function openTracing(
  { serviceName, ratio }: TracingConfig,
  installation: string,
  replica: string,
): Tracing {
  const ids = new RevisionIds();
  const provider = new TracerProvider({
    idGenerator: ids,
    sampler: new TraceIdRatioBasedSampler(ratio),
    resource: resourceFromAttributes({
      "service.name": serviceName,
      "service.version": version,
      "service.instance.id": replica,
    }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), maxQueueSize: waitingAtMost }),
    ],
  });
  const tracer = provider.getTracer("heddle");
  const epoch = (ms: number) => performance.timeOrigin + ms;
  return {
    observe({ stage, revision, from, to, cluster }) {
      const commit = commitOf(installation, revision);
      const isCommit = stage === "commit";
      ids.next = isCommit ? commit : undefined;
      const span = tracer.startSpan(
        stage,
        {
          startTime: epoch(from),
          attributes: {
            "heddle.revision": revision,
            ...(cluster !== undefined && { "heddle.cluster": cluster }),
          },
        },
        isCommit ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, commit),
      );
      ids.next = undefined;
      span.end(epoch(to));
    },
    close: () => provider.shutdown(),
  };
}

/** The span of the commit, which all other stages are children of. */
function commitOf(installation: string, revision: number): SpanContext {
  const hash = createHash("sha256").update(`${installation}/${revision}`).digest("hex");
  return {
    traceId: hash.slice(0, 32),
    spanId: hash.slice(32, 48),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  };
}

class RevisionIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  /** Taken for the span that is started next. */
  next: SpanContext | undefined;

  generateTraceId(): string {
    return this.next?.traceId ?? this.#random.generateTraceId();
  }

  generateSpanId(): string {
    return this.next?.spanId ?? this.#random.generateSpanId();
  }
}
