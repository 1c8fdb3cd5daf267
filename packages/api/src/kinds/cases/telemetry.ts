import type { Case } from "./case.ts";

export const telemetryCases: readonly Case[] = [
  ["no telemetry", "TelemetryPolicy", "{}", "EMPTY_POLICY spec"],
  [
    "logs that are off and filtered",
    "TelemetryPolicy",
    "{accessLogs: {disabled: true, filter: a}}",
    "EXCLUSIVE_FIELDS spec.accessLogs.filter",
  ],
  ["logs that are off", "TelemetryPolicy", "{accessLogs: {disabled: true}}"],
  [
    "a file without a path",
    "TelemetryPolicy",
    "{accessLogs: {providers: [{name: a, type: file}]}}",
    "MISSING_COMPANION spec.accessLogs.providers[0].path",
  ],
  [
    "a collector that is nowhere",
    "TelemetryPolicy",
    "{accessLogs: {providers: [{name: a, type: otel}]}}",
    "MISSING_COMPANION spec.accessLogs.providers[0]",
  ],
  [
    "a collector for what is not sent, and a name twice",
    "TelemetryPolicy",
    "{metrics: {providers: [{name: a, host: b}, {name: a}]}}",
    "EXCLUSIVE_FIELDS spec.metrics.providers[0].host",
    "DUPLICATE_NAME spec.metrics.providers[1].name",
  ],
  [
    "a collector in two places",
    "TelemetryPolicy",
    "{tracing: {provider: {type: zipkin, host: a, service: {name: b}}}}",
    "EXCLUSIVE_FIELDS spec.tracing.provider.host",
  ],
  [
    "a metric twice",
    "TelemetryPolicy",
    "{metrics: {overrides: [{metric: a}, {metric: a, disabled: true}]}}",
    "DUPLICATE_NAME spec.metrics.overrides[1]",
  ],
];
