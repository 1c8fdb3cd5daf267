import { parseResourceKey } from "@heddle/api";
import type {
  EffectiveAuthentication,
  JsonObject,
  LevelledExternal,
  TranslationBuilder,
  UnitContext,
} from "@heddle/core";
import { policyObjectName } from "../../object-names.ts";
import { askedService, clusterName, grpcTarget } from "./asked-service.ts";
import { writeHttpFilter } from "./http-filter.ts";
import type { Scope } from "./scope.ts";

/**
 * Envoy's external authorization at the pods, before all of Istio's own filters; Istio's way would need a provider in MeshConfig. Where
 * the service cannot be asked, requests are refused unless `failOpen`.
 * (envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/ext_authz_filter)
 */
export function translateExternalAuthorization(
  authentication: EffectiveAuthentication | undefined,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  for (const external of authentication?.external ?? []) {
    if (external.level !== scope.level) continue;
    const { value, from, ports } = external;
    if (asksAboutItself(external, scope, context)) {
      out.verdict(
        from,
        "unsupported",
        "left out: calls to the service that decides would be shown to it, too, without end: name targets without it",
      );
      continue;
    }
    const inbound =
      ports && [...new Set(ports.flatMap((port) => scope.workloadPorts(port)))].sort((a, b) => a - b);
    if (inbound?.length === 0) {
      out.verdict(from, "unsupported", "left out: no pod has the ports that the targets name");
      continue;
    }
    const { workspace, name } = parseResourceKey(from.resource);
    writeHttpFilter(
      {
        namespace: scope.namespace,
        name: policyObjectName({ workspace, name }, `${scope.subject}.external`),
        selector: scope.selector,
        inbound: inbound ?? "every",
        outbound: undefined,
        place: "first",
        rank: BEFORE_EXTENSIONS,
        config: {
          "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz",
          transport_api_version: "V3",
          ...askedBy(external, scope, context, out),
          failure_mode_allow: value.failOpen,
          allowed_headers: {
            patterns: value.headers?.map((header) => ({ exact: header, ignore_case: true })) ?? [
              { safe_regex: { regex: ".*" } },
            ],
          },
        },
      },
      [from],
      out,
    );
  }
}

/** Whether the pods may be those of the service itself. */
function asksAboutItself(
  { value: { service } }: LevelledExternal,
  { level, namespace, selector }: Scope,
  context: UnitContext,
): boolean {
  if (service.kind !== "Service") return false;
  const near = service.namespace ?? namespace;
  const asked = context.destination(near, service.name);
  if (asked === undefined) return false;
  if (level === "mesh") return true;
  const differs = ([key, value]: [string, string]) =>
    selector?.[key] !== undefined && selector[key] !== value;
  return near === namespace && !Object.entries(asked.selector).some(differs);
}

/** Above the ranks of extensions at this place. */
const BEFORE_EXTENSIONS = 40_000;

/** How long one answer may take. */
const TIMEOUT = "2s";

/** By gRPC where the service has one port for it, by HTTP where it has one port in all. */
function askedBy(
  { value: { service }, from }: LevelledExternal,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): JsonObject {
  const found = askedService(service, from.resource, scope, context);
  const at = { ...from, path: `${from.path}.service` };
  const refused = "requests are refused unless failOpen";
  if (found === undefined && service.kind !== "VirtualDestination")
    out.finding({
      ...at,
      code: "DESTINATION_NOT_FOUND",
      reason: `no service ${service.name} that decides about requests; ${refused}`,
      remedy: "correct the name, or create it",
    });
  const grpc = found?.ports.filter(({ http2 }) => http2) ?? [];
  const [port, ...more] = grpc.length > 0 ? grpc : (found?.ports ?? []);
  const known = found !== undefined && port !== undefined && more.length === 0;
  if (found !== undefined && !known)
    out.verdict(at, "unsupported", `it needs one port, or one that speaks gRPC; ${refused}`);
  if (known && !port.http2) {
    const uri = `http://${found.host}:${port.port}`;
    return { http_service: { server_uri: { uri, cluster: clusterName(found, port), timeout: TIMEOUT } } };
  }
  return {
    grpc_service: {
      envoy_grpc: known ? grpcTarget({ service: found, port }) : grpcTarget(),
      timeout: TIMEOUT,
    },
  };
}
