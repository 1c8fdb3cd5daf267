import { type DestinationFact, parseResourceKey, type RateLimit } from "@heddle/api";
import type { JsonObject, Sourced, TranslationBuilder, UnitContext } from "@heddle/core";
import { askedService, grpcTarget } from "./asked-service.ts";
import type { HttpFilter } from "./http-filter.ts";

/** What a rate-limit service must be set up with: nothing else, since requests bring their limits along. */
const DOMAIN = "heddle";

/** Keeps these apart from limits that others ask for at the same proxies. */
const STAGE = 9;

const METADATA = "heddle.rate-limit";

/** Filters and routes that ask a service about each request. */
type GlobalLimit = Pick<HttpFilter, "config" | "before" | "routes">;

/**
 * Envoy's global rate limit: each request is told to the service with the descriptor `policy` (WORKSPACE/NAME), one more for each thing that
 * is counted apart, and the limit itself, which the service takes in place of one of its own. Requests pass while it cannot be asked.
 * Undefined, and told, where the service is not one that can be. (envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3, RateLimit.Override)
 */
export function globalLimit(
  { value, from }: Sourced<RateLimit>,
  { namespace, name, selector }: DestinationFact,
  context: UnitContext,
  out: TranslationBuilder,
): GlobalLimit | undefined {
  const { service, requests, per, by = [] } = value;
  if (service === undefined) return undefined;
  const scope = {
    level: "destination",
    namespace,
    subject: name,
    selector,
    workloadPorts: () => [],
  } as const;
  const found = askedService(service, from.resource, scope, context);
  const [port, ...more] = found?.ports.filter(({ http2 }) => http2) ?? [];
  const at = { ...from, path: `${from.path}.service` };
  if (found === undefined || port === undefined || more.length > 0) {
    if (found === undefined && service.kind !== "VirtualDestination")
      out.finding({
        ...at,
        code: "DESTINATION_NOT_FOUND",
        reason: `no service ${service.name} that counts requests; they pass`,
        remedy: "correct the name, or create it",
      });
    out.verdict(from, "unsupported", "left out: the service that counts needs one port that speaks gRPC");
    return undefined;
  }
  const policy = parseResourceKey(from.resource);
  return {
    before: {
      name: "limit",
      config: {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.set_metadata.v3.Config",
        metadata: [
          {
            metadata_namespace: METADATA,
            value: { [name]: { requests_per_unit: requests, unit: per.toUpperCase() } },
          },
        ],
      },
    },
    config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit",
      domain: DOMAIN,
      stage: STAGE,
      timeout: "0.1s",
      rate_limit_service: {
        grpc_service: { envoy_grpc: grpcTarget({ service: found, port }) },
        transport_api_version: "V3",
      },
    },
    routes: {
      rate_limits: [
        {
          stage: STAGE,
          actions: [
            {
              generic_key: {
                descriptor_key: "policy",
                descriptor_value: `${policy.workspace}/${policy.name}`,
              },
            },
            ...by.flatMap(descriptorOf),
          ],
          limit: { dynamic_metadata: { metadata_key: { key: METADATA, path: [{ key: name }] } } },
        },
      ],
    },
  };
}

/** What requests are counted apart by; `identity` has a verdict of its own. */
function descriptorOf(by: string): JsonObject[] {
  const header = by.startsWith("header:") ? by.slice("header:".length).toLowerCase() : undefined;
  if (by === "remoteAddress") return [{ remote_address: {} }];
  if (by === "path") return [{ request_headers: { header_name: ":path", descriptor_key: "path" } }];
  return header === undefined
    ? []
    : [{ request_headers: { header_name: header, descriptor_key: header, skip_if_absent: true } }];
}
