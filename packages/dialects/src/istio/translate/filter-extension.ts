import { durationMs } from "@heddle/api";
import type {
  ExternalProcessor,
  JsonObject,
  LevelledExtension,
  LuaScript,
  TranslationBuilder,
  UnitContext,
} from "@heddle/core";
import { maxMessageTimeoutMs } from "../extension-capabilities.ts";
import { askedService, grpcTarget } from "./asked-service.ts";
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
    grpc_service: { envoy_grpc: targetOf(processor, scope, context, out) },
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

/** The port of the service that speaks gRPC. */
function targetOf(
  { value: { service }, from }: LevelledExtension<ExternalProcessor>,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): JsonObject {
  const at = { ...from, path: `${from.path}.service` };
  const found = askedService(service, at.resource, scope, context);
  if (service.kind === "VirtualDestination") return grpcTarget();
  if (found === undefined) {
    out.finding({
      ...at,
      code: "DESTINATION_NOT_FOUND",
      reason: `no ${service.kind === "Service" ? "service" : "external service"} ${service.name} that processes requests`,
      remedy: "correct the name, or create it; requests are refused until it exists, unless failOpen",
    });
    return grpcTarget();
  }
  const [port, ...more] = found.ports.filter(({ http2 }) => http2);
  if (port !== undefined && more.length === 0) return grpcTarget({ service: found, port });
  out.verdict(
    at,
    "unsupported",
    "it needs exactly one port that Istio knows to speak gRPC or HTTP/2, by appProtocol or name; requests are refused unless failOpen",
  );
  return grpcTarget();
}
