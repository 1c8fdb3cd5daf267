import type { TelemetryPolicySpec } from "@heddle/api";
import type {
  EffectiveTelemetry,
  JsonObject,
  Provenance,
  TranslationBuilder,
  UnitContext,
} from "@heddle/core";
import { apiVersionOf } from "../api-versions.ts";
import { defaultProvidersOf, extensionProvidersOf } from "../extension-providers.ts";
import { type Found, logProvider, traceProvider } from "./collector.ts";
import type { Scope } from "./scope.ts";
import { sharedPods } from "./shared-pods.ts";

type Side = NonNullable<TelemetryPolicySpec["accessLogs"]>["side"];
type MetricOverride = NonNullable<NonNullable<TelemetryPolicySpec["metrics"]>["overrides"]>[number];

/**
 * One Telemetry at each level that a policy speaks about, with everything that wider policies say too: what Istio's proxies take from a
 * narrower one replaces the wider. Collectors are extension providers of MeshConfig, which Heddle does not write; where one is missing
 * the verdict says what to add.
 */
export function translateTelemetry(
  telemetry: EffectiveTelemetry | undefined,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  for (const from of telemetry?.ofPorts ?? [])
    out.verdict(from, "unsupported", "left out: proxies tell of all their ports, or of none");
  if (!telemetry?.said.some(({ level }) => level === scope.level)) return;
  const from = [...telemetry.sources.values()];
  const { name, home } = placed(scope);
  const parts = {
    "spec.accessLogging": accessLogging(telemetry, scope, context, out),
    "spec.metrics": metrics(telemetry, context, out),
    "spec.tracing": tracing(telemetry, scope, context, out),
  };
  if (Object.values(parts).every((part) => part === null)) return;
  out.object(
    {
      apiVersion: apiVersionOf(context.mesh, "telemetry.istio.io"),
      kind: "Telemetry",
      namespace: scope.namespace,
      name,
    },
    from,
    { "spec.selector": scope.selector === undefined ? null : { matchLabels: scope.selector }, ...parts },
    home,
  );
}

/** Says that a part is not written, since nothing would be left of where it goes. */
function leaveOut(
  part: "accessLogs" | "metrics" | "tracing",
  from: Provenance | undefined,
  out: TranslationBuilder,
): null {
  if (from)
    out.verdict(
      { ...from, path: `spec.${part}` },
      "unsupported",
      "left out: none of where it should go is there",
    );
  return null;
}

/** Services that select the same pods share the object. Without a selector, Istio hears one object of a namespace only. */
function placed(scope: Scope): { readonly name: string; readonly home?: string } {
  if (scope.selector === undefined) return { name: scope.level === "mesh" ? "mesh-default" : "default" };
  if (scope.level !== "destination") return { name: scope.subject };
  const name = sharedPods(scope.selector);
  return { name, home: `pods/${scope.namespace}/telemetry/${name}` };
}

function accessLogging(
  { settings: { accessLogs }, sources }: EffectiveTelemetry,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): JsonObject[] | null {
  if (accessLogs === undefined) return null;
  const { disabled = false, providers, filter, side } = accessLogs;
  const at = sources.get("accessLogs.providers");
  const named =
    at &&
    providers?.flatMap((entry, index) => {
      const path = { ...at, path: `${at.path}[${index}]` };
      return nameOf(logProvider(entry, path, scope, context), path, out);
    });
  if (!disabled && named?.length === 0) return leaveOut("accessLogs", at, out);
  const usual = defaultProvidersOf(context.mesh).accessLogging.length > 0 ? undefined : ["envoy"];
  return [
    {
      ...mode(side),
      ...(!disabled && providersOf(named ?? usual)),
      disabled,
      ...(filter !== undefined && { filter: { expression: filter } }),
    },
  ];
}

function tracing(
  { settings, sources }: EffectiveTelemetry,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): JsonObject[] | null {
  if (settings.tracing === undefined) return null;
  const { disabled = false, provider, sampling, tags, maxTagLength } = settings.tracing;
  const at = sources.get("tracing.provider");
  const limit = sources.get("tracing.maxTagLength");
  const found =
    at && provider && !disabled ? traceProvider(provider, maxTagLength, at, scope, context) : undefined;
  const names = found && at && nameOf(found, at, out, limit);
  if (names?.length === 0) return leaveOut("tracing", at, out);
  const usual = defaultProvidersOf(context.mesh).tracing;
  if (!disabled && names === undefined && usual.length === 0) {
    for (const [field, from] of sources)
      if (field.startsWith("tracing.") && field !== "tracing.disabled")
        out.verdict(
          from,
          "unsupported",
          "left out: neither a policy nor MeshConfig's defaultProviders say where spans go",
        );
    return null;
  }
  if (found === undefined && limit !== undefined)
    out.verdict(limit, "unsupported", "it belongs to an extension provider, and none is named");
  const customTags = Object.fromEntries(
    Object.entries(tags ?? {}).map(([tag, said]) => [tag, customTag(said)]),
  );
  return [
    {
      ...providersOf(names),
      disableSpanReporting: disabled,
      ...(sampling !== undefined && { randomSamplingPercentage: sampling }),
      ...(tags && { customTags }),
    },
  ];
}

function providersOf(names: readonly string[] | undefined): JsonObject {
  return names === undefined ? {} : { providers: names.map((name) => ({ name })) };
}

type Tag = NonNullable<NonNullable<TelemetryPolicySpec["tracing"]>["tags"]>[string];

function customTag(tag: Tag): JsonObject {
  if ("literal" in tag) return { literal: { value: tag.literal } };
  const fallback = tag.default === undefined ? {} : { defaultValue: tag.default };
  return "header" in tag
    ? { header: { name: tag.header, ...fallback } }
    : { environment: { name: tag.environment, ...fallback } };
}

/** Name of the provider, with verdicts on what it has otherwise than said; none when there is none. */
function nameOf(found: Found, from: Provenance, out: TranslationBuilder, limit?: Provenance): string[] {
  if ("missing" in found) {
    out.verdict(from, "unsupported", found.missing);
    return [];
  }
  for (const [field, has] of found.differs) {
    const at = field === "maxTagLength" && limit ? limit : { ...from, path: `${from.path}.${field}` };
    out.verdict(at, "approximated", `MeshConfig's extension provider ${found.provider.name} has ${has}`);
  }
  return [found.provider.name];
}

function metrics(
  { settings, sources }: EffectiveTelemetry,
  { mesh }: UnitContext,
  out: TranslationBuilder,
): JsonObject[] | null {
  if (settings.metrics === undefined) return null;
  const { disabled = false, providers, overrides, interval } = settings.metrics;
  const known = extensionProvidersOf(mesh).filter(({ type }) => type === "prometheus");
  const at = sources.get("metrics.providers");
  const names = providers?.flatMap(({ name, type }, index) => {
    if (type === "prometheus" && known.some((each) => each.name === name)) return [name];
    if (at)
      out.verdict(
        { ...at, path: `${at.path}[${index}]` },
        "unsupported",
        `left out: MeshConfig has no extension provider ${name} of type prometheus; Istio's own is called prometheus`,
      );
    return [];
  });
  if (names?.length === 0) return leaveOut("metrics", at, out);
  const changes = disabled
    ? [{ match: { metric: "ALL_METRICS" }, disabled: true }]
    : overrides?.map(metricOverride);
  return [
    {
      ...providersOf(names ?? (defaultProvidersOf(mesh).metrics.length > 0 ? undefined : ["prometheus"])),
      ...(changes && { overrides: changes }),
      ...(interval !== undefined && { reportingInterval: interval }),
    },
  ];
}

function metricOverride({ metric, side, disabled, tags }: MetricOverride): JsonObject {
  const known = metric === "*" ? "ALL_METRICS" : standardMetrics[metric.replace(/^istio_/, "")];
  const tagOverrides = Object.entries(tags ?? {}).map(([tag, change]) => [
    tag,
    change === false ? { operation: "REMOVE" } : { operation: "UPSERT", value: change.value },
  ]);
  return {
    match: { ...(known === undefined ? { customMetric: metric } : { metric: known }), ...modeOf(side) },
    ...(disabled !== undefined && { disabled }),
    ...(tags && { tagOverrides: Object.fromEntries(tagOverrides) as JsonObject }),
  };
}

/** Istio's standard metrics, by their names without `istio_` (istio.io/latest/docs/reference/config/metrics). */
const standardMetrics: Readonly<Record<string, string>> = {
  requests_total: "REQUEST_COUNT",
  request_duration_milliseconds: "REQUEST_DURATION",
  request_bytes: "REQUEST_SIZE",
  response_bytes: "RESPONSE_SIZE",
  tcp_connections_opened_total: "TCP_OPENED_CONNECTIONS",
  tcp_connections_closed_total: "TCP_CLOSED_CONNECTIONS",
  tcp_sent_bytes_total: "TCP_SENT_BYTES",
  tcp_received_bytes_total: "TCP_RECEIVED_BYTES",
  request_messages_total: "GRPC_REQUEST_MESSAGES",
  response_messages_total: "GRPC_RESPONSE_MESSAGES",
};

function mode(side: Side): JsonObject {
  return side === "both" ? {} : { match: modeOf(side) };
}

function modeOf(side: Side): JsonObject {
  return side === "both" ? {} : { mode: side === "client" ? "CLIENT" : "SERVER" };
}
