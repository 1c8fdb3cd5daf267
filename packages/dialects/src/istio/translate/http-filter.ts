import type { JsonObject, Labels, Provenance, TranslationBuilder } from "@heddle/core";
import type { PortsSeen } from "./extension-place.ts";

/** A filter of Envoy that proxies of some pods get beside Istio's own. */
export interface HttpFilter extends PortsSeen {
  readonly namespace: string;
  /** Of the EnvoyFilter; the filter in the proxy is called by it too, since no two of a chain may share a name. */
  readonly name: string;
  readonly home?: string;
  /** Undefined selects every workload of the namespace (of the mesh, in the root namespace). */
  readonly selector: Labels | undefined;
  /** First of all filters, or just before the router: what else stands between differs with policies and versions. */
  readonly place: "first" | "beforeRouter";
  /** Of filters at one place, that with the greatest rank runs first. */
  readonly rank: number;
  /** `typed_config` of the filter. */
  readonly config: JsonObject;
  /** Of another one just before it. */
  readonly before?: { readonly name: string; readonly config: JsonObject };
  /** What the routes of the inbound ports get besides, as a VirtualHost of Envoy. */
  readonly routes?: JsonObject;
}

const MANAGER = "envoy.filters.network.http_connection_manager";
const ROUTER = "envoy.filters.http.router";

/**
 * EnvoyFilter that inserts one filter into the chains of some ports. Istio applies EnvoyFilters by priority, the lowest first: what is
 * inserted first of all and applied later stands before what was applied earlier, what is inserted before the router after it. A
 * priority of 0 would leave the order to the age of objects. (istio.io/latest/docs/reference/config/networking/envoy-filter)
 */
export function writeHttpFilter(
  filter: HttpFilter,
  from: readonly Provenance[],
  out: TranslationBuilder,
): void {
  const { namespace, name, selector, place, rank, config, before, home } = filter;
  const insert = (match: JsonObject, called: string, typed: JsonObject) => ({
    applyTo: "HTTP_FILTER",
    match,
    patch: {
      operation: place === "first" ? "INSERT_FIRST" : "INSERT_BEFORE",
      value: { name: called, typed_config: typed },
    },
  });
  const patches = [
    ...patchesOf("SIDECAR_INBOUND", filter.inbound, filter),
    ...patchesOf("SIDECAR_OUTBOUND", filter.outbound, filter),
  ].flatMap((match) => [
    ...(before ? [insert(match, `heddle.${name}.${before.name}`, before.config)] : []),
    insert(match, `heddle.${name}`, config),
  ]);
  if (patches.length === 0) return;
  out.object(
    { apiVersion: "networking.istio.io/v1alpha3", kind: "EnvoyFilter", namespace, name },
    from,
    {
      "spec.workloadSelector": selector === undefined ? null : { labels: selector },
      "spec.priority": place === "first" ? rank : MIDDLE - rank,
      "spec.configPatches": [...patches, ...routePatches(filter)],
    },
    home,
  );
}

function routePatches({ inbound, routes }: HttpFilter): JsonObject[] {
  if (routes === undefined || inbound === undefined) return [];
  const ports = inbound === "every" ? [{}] : inbound.map((portNumber) => ({ portNumber }));
  return ports.map((routeConfiguration) => ({
    applyTo: "VIRTUAL_HOST",
    match: { context: "SIDECAR_INBOUND", routeConfiguration },
    patch: { operation: "MERGE", value: routes },
  }));
}

/** Ranks are between 0 and this, so that neither place has a priority of 0 or below. */
const MIDDLE = 100_000;

function patchesOf(context: string, ports: PortsSeen["inbound"], { place }: HttpFilter): JsonObject[] {
  const filter = place === "first" ? { name: MANAGER } : { name: MANAGER, subFilter: { name: ROUTER } };
  const at = ports === "every" ? [{}] : (ports ?? []).map((portNumber) => ({ portNumber }));
  return at.map((port) => ({ context, listener: { ...port, filterChain: { filter } } }));
}

/** A duration as protobuf's JSON writes it: seconds with a fraction, nothing else. */
export function protobufDuration(milliseconds: number): string {
  return `${milliseconds / 1000}s`;
}
