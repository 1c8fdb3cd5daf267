import { resourceKey } from "@heddle/api";
import {
  coversHost,
  type EgressGateway,
  type ExternalUnit,
  type JsonObject,
  listenerHosts,
  type Provenance,
  type RouteBinding,
  type TranslationBuilder,
  type UnitContext,
} from "@heddle/core";
import { dnsLabelOf, policyObjectName } from "../../object-names.ts";
import { apiVersionOf } from "../api-versions.ts";
import { hostOf } from "../identity.ts";
import type { Called } from "./connection.ts";
import { gatewayObject, unsayable } from "./gateway.ts";
import { carriesRequests } from "./protocol-selection.ts";

type Listener = RouteBinding["listeners"][number];
type Port = ExternalUnit["service"]["spec"]["ports"][number];

/** How calls to a host leave through a gateway: what clients' routes lead to instead. */
export interface Leaving {
  readonly from: Provenance;
  readonly egress: EgressGateway;
  /** Where requests go that clients send in plain text. */
  readonly requests: Hop | undefined;
  /** Where connections go on which clients speak TLS themselves, by port of the external service. */
  readonly connections: readonly (readonly [port: number, hop: Hop])[];
}

/** A listener of the gateway as clients call it. */
export interface Hop {
  readonly host: string;
  readonly port: number;
  readonly subset: string;
  readonly listener: Listener;
}

/** The Destination of a route that leads there. */
export function hopTo({ host, subset, port }: Hop): JsonObject & { readonly host: string } {
  return { host, subset, port: { number: port } };
}

type Service = ExternalUnit["service"];

/** A gateway by which calls to an external service leave, and the field that says so. */
interface Exit extends EgressGateway {
  readonly from: Provenance;
}

/** Undefined where calls do not leave by a gateway; where one is wanted that is not there, that is told. */
export function exitOf(service: Service, context: UnitContext, out: TranslationBuilder): Exit | undefined {
  const { metadata, spec } = service;
  if (spec.viaEgressGateway === undefined) return undefined;
  const from: Provenance = { resource: resourceKey(service), path: "spec.viaEgressGateway" };
  const { gateway } = spec.viaEgressGateway;
  const egress = context.egressGateway(metadata.workspace, gateway);
  if (egress === undefined)
    refuse(from, `no gateway of role egress runs here for ${gateway}, with a Service before it`, out);
  return egress && { ...egress, from };
}

/** Who can see an external service, with the gateway that calls to it leave by; undefined for all. */
export function seenAlsoAt(
  namespaces: readonly string[] | undefined,
  exit: Exit | undefined,
): readonly string[] | undefined {
  if (namespaces === undefined || namespaces.length === 0 || exit === undefined) return namespaces;
  return [...new Set([...namespaces, exit.site.namespace])].sort();
}

/**
 * Looks for listeners of the gateway for the ports of an external service: one of HTTP for requests, one of TLS that passes through for TLS.
 * Undefined where there are none; what cannot leave there is told.
 */
export function leavingBy(
  { from, ...egress }: Exit,
  { metadata, spec }: Service,
  host: string,
  context: UnitContext,
  out: TranslationBuilder,
): Leaving | undefined {
  const { gateway, site, service } = egress;
  if (host.startsWith("*")) {
    refuse(from, `the gateway would have to know the hosts that ${host} stands for`, out);
    return undefined;
  }
  const hop = (port: Port): Hop | undefined => {
    const listener = gateway.spec.listeners.find(
      (candidate) =>
        takes(candidate, port) &&
        listenerHosts(candidate).some((open) => coversHost(open, host)) &&
        unsayable(gateway, candidate, site, context) === undefined,
    );
    if (listener === undefined) {
      const kind = carriesRequests(port) ? "HTTP" : "TLS that passes through";
      refuse(from, `${gateway.metadata.name} has no listener of ${kind} for ${host}`, out);
      return undefined;
    }
    const subset = dnsLabelOf(policyObjectName(metadata, listener.name));
    return { host: hostOf(service, context.mesh), port: listener.port, subset, listener };
  };
  const [plain, ...more] = spec.ports.filter(carriesRequests);
  if (more.length > 0)
    refuse(
      from,
      "the gateway cannot tell several ports for requests apart; give each a host of its own",
      out,
    );
  const connections = spec.ports.flatMap((port): [number, Hop][] => {
    if (carriesRequests(port)) return [];
    const to = isTls(port) ? hop(port) : undefined;
    if (!isTls(port))
      refuse(from, `port ${port.port} names no host by which the gateway could tell its connections`, out);
    return to ? [[port.port, to]] : [];
  });
  const requests = plain && more.length === 0 ? hop(plain) : undefined;
  return requests === undefined && connections.length === 0
    ? undefined
    : { from, egress, requests, connections };
}

function refuse(from: Provenance, why: string, out: TranslationBuilder): void {
  out.verdict(from, "unsupported", `left out, calls go straight: ${why}`);
}

function isTls({ protocol }: Port): boolean {
  return protocol === "TLS" || protocol === "HTTPS";
}

function takes({ protocol, tls }: Listener, port: Port): boolean {
  return carriesRequests(port) ? protocol === "HTTP" : protocol === "TLS" && tls?.mode === "Passthrough";
}

/**
 * What the gateway does with them, and how clients get there: by the mesh's mTLS, or as the TLS that they speak themselves.
 * (istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway)
 */
export function writeLeaving(
  { from: source, egress, requests, connections }: Leaving,
  called: Called,
  ports: readonly Port[],
  context: UnitContext,
  out: TranslationBuilder,
): void {
  const from = [source];
  const { gateway, site, service } = egress;
  const { namespace, name } = service;
  const apiVersion = apiVersionOf(context.mesh, "networking.istio.io");
  const home = `destination/${namespace}/${name}`;
  const toGateway = { apiVersion, kind: "DestinationRule", namespace, name };
  const hops = new Map(
    [...(requests ? [requests] : []), ...connections.map(([, hop]) => hop)].map((hop) => [hop.subset, hop]),
  );
  for (const { subset, host, listener } of hops.values()) {
    const tls =
      listener === requests?.listener ? { mode: "ISTIO_MUTUAL", sni: called.host } : { mode: "DISABLE" };
    out.object(toGateway, from, { "spec.host": host }, home);
    out.item(toGateway, from, "spec.subsets", subset, { name: subset, trafficPolicy: { tls } }, home);
  }
  const at = ({ listener }: Hop) =>
    `${site.namespace}/${gatewayObject(gateway, listener, site, context).name}`;
  const [port] = ports.filter(carriesRequests);
  const http: JsonObject[] =
    requests === undefined || port === undefined
      ? []
      : [
          {
            match: [{ gateways: [at(requests)], port: requests.port }],
            route: [{ destination: { host: called.host, port: { number: port.port } } }],
          },
        ];
  const tls = connections.map(
    ([number, hop]): JsonObject => ({
      match: [{ gateways: [at(hop)], port: hop.port, sniHosts: [called.host] }],
      route: [{ destination: { host: called.host, port: { number } } }],
    }),
  );
  const gateways = [...new Set([...hops.values()].map(at))].sort();
  out.object(
    { apiVersion, kind: "VirtualService", namespace: site.namespace, name: `${called.name}-egress` },
    from,
    {
      "spec.hosts": [called.host],
      "spec.gateways": gateways,
      "spec.http": http.length === 0 ? null : http,
      "spec.tls": tls.length === 0 ? null : tls,
    },
  );
}
