import type { TelemetryPolicySpec } from "@heddle/api";
import type { Provenance, UnitContext } from "@heddle/core";
import { canonicalJson } from "@heddle/core";
import { type ExtensionProvider, extensionProvidersOf, type ProviderType } from "../extension-providers.ts";
import { askedService } from "./asked-service.ts";
import type { Scope } from "./scope.ts";

type LogProvider = NonNullable<NonNullable<TelemetryPolicySpec["accessLogs"]>["providers"]>[number];
type TraceProvider = NonNullable<NonNullable<TelemetryPolicySpec["tracing"]>["provider"]>;

/**
 * Kinds of extension providers for what a policy calls it. Jaeger takes Zipkin's spans and OpenTelemetry's, Lightstep takes the latter:
 * Istio's own provider for it sends nothing any more (pilot/pkg/networking/core/tracing.go, 1.31).
 */
const logTypes: Readonly<Record<LogProvider["type"], readonly ProviderType[]>> = {
  stdout: ["envoyFileAccessLog"],
  file: ["envoyFileAccessLog"],
  otel: ["envoyOtelAls"],
  als: ["envoyHttpAls"],
  tcp: [],
};
const traceTypes: Readonly<Record<TraceProvider["type"], readonly ProviderType[]>> = {
  zipkin: ["zipkin"],
  jaeger: ["zipkin", "opentelemetry"],
  otel: ["opentelemetry"],
  datadog: ["datadog"],
  lightstep: ["opentelemetry"],
  skywalking: ["skywalking"],
  stackdriver: [],
};

/** Where a policy's entry goes: the provider of MeshConfig, or why there is none; `differs` are fields that it says otherwise. */
export type Found =
  | {
      readonly provider: ExtensionProvider;
      readonly differs: readonly (readonly [field: string, has: string])[];
    }
  | { readonly missing: string };

/** The extension provider of the entry's name. */
export function logProvider(entry: LogProvider, from: Provenance, scope: Scope, context: UnitContext): Found {
  const types = logTypes[entry.type];
  const provider = extensionProvidersOf(context.mesh).find(({ name }) => name === entry.name);
  // Every mesh has one that writes to standard output as the mesh usually does.
  if (provider === undefined && entry.type === "stdout" && entry.format === undefined)
    return { provider: standardOutput, differs: [] };
  if (provider === undefined || !types.includes(provider.type))
    return { missing: addition(entry.name, types[0], hostOf(entry, from, scope, context), entry) };
  const wanted = entry.type === "stdout" ? "/dev/stdout" : entry.path;
  const format = entry.format && ("json" in entry.format ? { labels: entry.format.json } : entry.format);
  return {
    provider,
    differs: [
      ...placeDiffers(entry, provider, from, scope, context),
      ...(wanted !== undefined && wanted !== provider.path
        ? [[entry.type === "stdout" ? "type" : "path", provider.path ?? "nothing"] as const]
        : []),
      ...(format !== undefined && canonicalJson(format) !== canonicalJson(provider.format ?? null)
        ? [["format", provider.format === undefined ? "none" : JSON.stringify(provider.format)] as const]
        : []),
    ],
  };
}

const standardOutput: ExtensionProvider = { name: "envoy", type: "envoyFileAccessLog", path: "/dev/stdout" };

/** The extension provider that leads to the collector. */
export function traceProvider(
  entry: TraceProvider,
  maxTagLength: number | undefined,
  from: Provenance,
  scope: Scope,
  context: UnitContext,
): Found {
  const types = traceTypes[entry.type];
  const host = hostOf(entry, from, scope, context);
  const fits = extensionProvidersOf(context.mesh).filter(
    (candidate) =>
      types.includes(candidate.type) &&
      candidate.host === host &&
      (entry.port === undefined || candidate.port === entry.port),
  );
  const provider = fits.find((candidate) => candidate.maxTagLength === maxTagLength) ?? fits[0];
  if (provider === undefined)
    return {
      missing: addition(`${entry.type}-${host?.split(".")[0] ?? "collector"}`, types[0], host, entry),
    };
  return {
    provider,
    differs:
      maxTagLength !== undefined && provider.maxTagLength !== maxTagLength
        ? [["maxTagLength", String(provider.maxTagLength ?? "Envoy's 256")]]
        : [],
  };
}

interface Place {
  readonly service?: LogProvider["service"];
  readonly host?: string;
  readonly port?: number;
}

function hostOf(
  { service, host }: Place,
  from: Provenance,
  scope: Scope,
  context: UnitContext,
): string | undefined {
  return service === undefined ? host : askedService(service, from.resource, scope, context)?.host;
}

function placeDiffers(
  entry: Place,
  provider: ExtensionProvider,
  from: Provenance,
  scope: Scope,
  context: UnitContext,
): (readonly [string, string])[] {
  const host = hostOf(entry, from, scope, context);
  const said = entry.service ? "service" : "host";
  return [
    ...((entry.service ?? entry.host) && host !== provider.host
      ? [[said, provider.host ?? "none"] as const]
      : []),
    ...(entry.port !== undefined && entry.port !== provider.port
      ? [["port", String(provider.port ?? "none")] as const]
      : []),
  ];
}

/** What has to stand in MeshConfig, for people to copy. */
function addition(
  name: string,
  type: ProviderType | undefined,
  host: string | undefined,
  { port }: Place,
): string {
  if (type === undefined) return "left out: Istio has no extension provider of this type";
  const settings = [`service: ${host ?? "HOST"}`, `port: ${port ?? "PORT"}`].join(", ");
  const body = type === "envoyFileAccessLog" ? "path: PATH" : type === "prometheus" ? "" : settings;
  return `left out: MeshConfig has no such extension provider; add extensionProviders: [{ name: ${name}, ${type}: { ${body} } }]`;
}
