import type { Capability, Refine } from "@heddle/core";
import { approximated, native, unsupported } from "../capability-levels.ts";

const asInMeshConfig = approximated(
  "as the extension provider of that name in MeshConfig has it; it is told where that differs",
);
const NO_TOKENS = "proxies would be told it in clear; send to a collector that adds it";

/** How telemetry of proxies lands in Istio: a Telemetry at each level that a policy speaks about. */
export const telemetryCapabilities: Readonly<Record<string, Capability>> = {
  "accessLogs.disabled": native("Telemetry accessLogging[].disabled"),
  "accessLogs.providers.name": native(
    "Telemetry accessLogging[].providers[], an extension provider of this name in MeshConfig",
  ),
  "accessLogs.providers.type": asInMeshConfig,
  "accessLogs.providers.path": asInMeshConfig,
  "accessLogs.providers.service": asInMeshConfig,
  "accessLogs.providers.host": asInMeshConfig,
  "accessLogs.providers.port": asInMeshConfig,
  "accessLogs.providers.format": asInMeshConfig,
  "accessLogs.filter": native("Telemetry accessLogging[].filter.expression"),
  "accessLogs.side": native("Telemetry accessLogging[].match.mode"),
  "metrics.disabled": native("Telemetry metrics[].overrides[] of all metrics"),
  "metrics.providers.name": native(
    "Telemetry metrics[].providers[], an extension provider of this name in MeshConfig",
  ),
  "metrics.providers.type": asInMeshConfig,
  "metrics.providers.service": unsupported("Istio's metrics are fetched from proxies, by Prometheus"),
  "metrics.providers.host": unsupported("Istio's metrics are fetched from proxies, by Prometheus"),
  "metrics.providers.port": unsupported("Istio's metrics are fetched from proxies, by Prometheus"),
  "metrics.providers.path": unsupported("Istio's proxies serve their metrics at /stats/prometheus"),
  "metrics.overrides.metric": native("Telemetry metrics[].overrides[].match.metric or customMetric"),
  "metrics.overrides.side": native("Telemetry metrics[].overrides[].match.mode"),
  "metrics.overrides.disabled": native("Telemetry metrics[].overrides[].disabled"),
  "metrics.overrides.tags": native("Telemetry metrics[].overrides[].tagOverrides"),
  "metrics.interval": native("Telemetry metrics[].reportingInterval"),
  "tracing.disabled": native("Telemetry tracing[].disableSpanReporting"),
  "tracing.provider.type": native(
    "Telemetry tracing[].providers[], the extension provider in MeshConfig that leads to this collector",
  ),
  "tracing.provider.service": native("found by it among MeshConfig's extension providers"),
  "tracing.provider.host": native("found by it among MeshConfig's extension providers"),
  "tracing.provider.port": native("found by it among MeshConfig's extension providers"),
  "tracing.provider.accessTokenRef": unsupported(NO_TOKENS),
  "tracing.sampling": native("Telemetry tracing[].randomSamplingPercentage"),
  "tracing.tags": native("Telemetry tracing[].customTags"),
  "tracing.maxTagLength": approximated(
    "as the extension provider in MeshConfig has it; it is told where that differs",
  ),
};

export const refineTelemetry: Refine = (field, value) => {
  switch (field) {
    case "accessLogs.providers.type":
      return value === "tcp" ? unsupported("Envoy writes no access logs to a plain TCP socket") : undefined;
    case "metrics.providers.type":
      return value === "otel"
        ? unsupported("Istio's metrics are fetched from proxies, by Prometheus")
        : undefined;
    case "accessLogs.providers.service.kind":
    case "tracing.provider.service.kind":
      return value === "VirtualDestination"
        ? unsupported("proxies send to one service, and a virtual destination may stand for several")
        : undefined;
    case "tracing.provider.type":
      if (value === "lightstep") return approximated("through an extension provider for OpenTelemetry");
      return value === "stackdriver"
        ? unsupported("Istio's provider for it sends no spans any more; send to an OpenTelemetry collector")
        : undefined;
    default:
      return undefined;
  }
};
