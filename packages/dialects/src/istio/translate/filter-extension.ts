import { type DestinationFact, durationMs, parseResourceKey } from "@heddle/api";
import type {
  ExternalProcessor,
  JsonObject,
  LevelledExtension,
  LuaScript,
  TranslationBuilder,
  UnitContext,
} from "@heddle/core";
import { maxMessageTimeoutMs } from "../extension-capabilities.ts";
import { hostOf } from "../identity.ts";
import { type Extension, extensionName, portsSeen } from "./extension-place.ts";
import { protobufDuration, writeHttpFilter } from "./http-filter.ts";
import type { Scope } from "./scope.ts";

/** Extensions that Istio has no kind for: filters of Envoy. */
export function writeLua(script: LevelledExtension<LuaScript>, scope: Scope, out: TranslationBuilder): void {
  write(script, "lua", scope, out, {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
    default_source_code: { inline_string: script.value.code },
  });
}

/** Envoy refuses or passes requests while the processor cannot be reached, as `failOpen` says; also when its cluster does not exist. */
export function writeProcessor(
  processor: LevelledExtension<ExternalProcessor>,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  const { value } = processor;
  const timeout = durationMs(value.timeout);
  write(processor, "processor", scope, out, {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor",
    grpc_service: { envoy_grpc: { cluster_name: clusterOf(processor, scope, context, out) } },
    message_timeout: protobufDuration(
      timeout === 0 ? maxMessageTimeoutMs : Math.min(timeout, maxMessageTimeoutMs),
    ),
    failure_mode_allow: value.failOpen,
    processing_mode: {
      request_header_mode: value.requestHeaders ? "SEND" : "SKIP",
      response_header_mode: value.responseHeaders ? "SEND" : "SKIP",
      request_body_mode: BODY[value.requestBody],
      response_body_mode: BODY[value.responseBody],
    },
  });
}

const BODY: Readonly<Record<ExternalProcessor["requestBody"], string>> = {
  none: "NONE",
  streamed: "STREAMED",
  buffered: "BUFFERED",
  bufferedPartial: "BUFFERED_PARTIAL",
};

/** Phases from the front, farther apart than priorities can be; `authn` and `authz` only keep their order among extensions. */
const PHASES = {
  first: { place: "first", rank: 30_000 },
  authn: { place: "first", rank: 20_000 },
  authz: { place: "first", rank: 10_000 },
  stats: { place: "beforeRouter", rank: 20_000 },
  last: { place: "beforeRouter", rank: 10_000 },
} as const;

function write(
  extension: Extension & LevelledExtension<LuaScript | ExternalProcessor>,
  kind: "lua" | "processor",
  scope: Scope,
  out: TranslationBuilder,
  config: JsonObject,
): void {
  const { value, from } = extension;
  const seen = portsSeen(extension, scope, out);
  const { place, rank } = PHASES[value.phase];
  writeHttpFilter(
    {
      ...seen,
      ...extensionName(extension, kind, scope, [seen.inbound ?? null, seen.outbound ?? null]),
      namespace: scope.namespace,
      selector: scope.selector,
      place,
      rank: rank + value.priority,
      config,
    },
    [from],
    out,
  );
}

/** A cluster that every proxy has and that nothing answers from. */
const NOBODY = "BlackHoleCluster";

/** Envoy's name for the port of the service that speaks gRPC (pilot/pkg/model, BuildSubsetKey). */
function clusterOf(
  { value: { service }, from }: LevelledExtension<ExternalProcessor>,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): string {
  const at = { ...from, path: `${from.path}.service` };
  if (service.kind === "VirtualDestination") return NOBODY;
  const found =
    service.kind === "Service"
      ? serviceAt(service, scope, context)
      : externalAt(at.resource, service, context);
  if (found === undefined) {
    out.finding({
      ...at,
      code: "DESTINATION_NOT_FOUND",
      reason: `no ${service.kind === "Service" ? "service" : "external service"} ${service.name} that processes requests`,
      remedy: "correct the name, or create it; requests are refused until it exists, unless failOpen",
    });
    return NOBODY;
  }
  const [port, ...more] = found.ports;
  if (port !== undefined && more.length === 0) return `outbound|${port}||${found.host}`;
  out.verdict(
    at,
    "unsupported",
    "it needs exactly one port that Istio knows to speak gRPC or HTTP/2, by appProtocol or name; requests are refused unless failOpen",
  );
  return NOBODY;
}

interface Processing {
  readonly host: string;
  /** Those that speak gRPC. */
  readonly ports: readonly number[];
}

function serviceAt(
  { name, namespace = "" }: ExternalProcessor["service"],
  scope: Scope,
  context: UnitContext,
): Processing | undefined {
  const destination = context.destination(namespace || scope.namespace, name);
  return (
    destination && {
      host: hostOf(destination, context.mesh),
      ports: destination.ports.filter(speaksHttp2).map(({ port }) => port),
    }
  );
}

function externalAt(
  resource: LevelledExtension<unknown>["from"]["resource"],
  { name }: ExternalProcessor["service"],
  context: UnitContext,
): Processing | undefined {
  const spec = context.named("ExternalService", parseResourceKey(resource).workspace, name)?.spec;
  const host = spec?.hosts.find((candidate) => !candidate.startsWith("*"));
  return spec && host !== undefined
    ? {
        host,
        ports: spec.ports
          .filter(({ protocol }) => protocol === "GRPC" || protocol === "HTTP2")
          .map(({ port }) => port),
      }
    : undefined;
}

/** Protocols of ports as Istio selects them (istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection). */
function speaksHttp2({ name, appProtocol }: DestinationFact["ports"][number]): boolean {
  return appProtocol === undefined
    ? /^(grpc(?!-web)|http2)(-|$)/.test(name ?? "")
    : ["grpc", "http2", "kubernetes.io/h2c"].includes(appProtocol);
}
