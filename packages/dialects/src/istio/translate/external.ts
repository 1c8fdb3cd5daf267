import type { ExternalServiceSpec, MeshFact, ResourceOf } from "@heddle/api";
import { resourceKey } from "@heddle/api";
import type {
  EffectiveConnection,
  EffectiveSettings,
  ExternalUnit,
  JsonObject,
  Provenance,
  TranslationBuilder,
  UnitContext,
} from "@heddle/core";
import { policyObjectName } from "../../object-names.ts";
import { apiVersionOf, rootNamespace } from "../api-versions.ts";
import { type Called, translateConnection } from "./connection.ts";
import { carriesRequests } from "./protocol-selection.ts";

type ExternalService = ResourceOf<"ExternalService">;

/**
 * Hosts of an external service as things to call. Its objects stand in the root namespace, the one place that is looked up by every
 * client, so no workspace's namespace has to exist in the cluster.
 */
export function calledHosts(
  { metadata, spec }: ExternalService,
  mesh: MeshFact,
  exportTo: readonly string[] | undefined,
): Called[] {
  return spec.hosts
    .filter((host) => host !== "*")
    .map((host, index) => ({
      namespace: rootNamespace(mesh),
      name: policyObjectName(metadata, index === 0 ? "external" : `external-${index}`),
      host,
      onlyHttp: spec.ports.every(carriesRequests),
      ...(exportTo && { exportTo }),
    }));
}

/** ServiceEntry of an external service, and the TLS that proxies open to it. Calls to it are shaped like those to a Service. */
export function translateExternal(unit: ExternalUnit, context: UnitContext, out: TranslationBuilder): void {
  const { service, namespaces } = unit;
  const key = resourceKey(service);
  const cannot = (path: string) => context.unsupported(key, `spec.${path}`);
  const [first, ...others] = calledHosts(service, context.mesh, namespaces);
  if (first === undefined || cannot("resolution") || namespaces?.length === 0) return;
  const { spec } = service;
  const from: Provenance[] = [{ resource: key, path: "spec" }];
  const endpoints = spec.endpoints?.filter((_, index) => !cannot(`endpoints[${index}].address`));
  const addresses = spec.addresses?.filter((_, index) => !cannot(`addresses[${index}]`));
  out.object(
    {
      apiVersion: apiVersionOf(context.mesh, "networking.istio.io"),
      kind: "ServiceEntry",
      namespace: first.namespace,
      name: first.name,
    },
    from,
    {
      "spec.hosts": [first, ...others].map(({ host }) => host),
      "spec.addresses": addresses?.length ? addresses : null,
      "spec.ports": spec.ports.map(({ name, port, protocol, targetPort }) => ({
        number: port,
        name: name ?? `${protocol.toLowerCase()}-${port}`,
        protocol,
        ...(targetPort !== undefined && { targetPort }),
      })),
      "spec.location": spec.location === "inside" ? "MESH_INTERNAL" : "MESH_EXTERNAL",
      "spec.resolution": RESOLUTION[spec.resolution],
      "spec.endpoints": endpoints?.length ? endpoints.map(endpointOf) : null,
      "spec.exportTo": namespaces ?? null,
    },
  );
  for (const called of [first, ...others])
    translateConnection(called, withTls(unit.connection, service, from), context, out);
}

const RESOLUTION: Readonly<Record<ExternalServiceSpec["resolution"], string>> = {
  none: "NONE",
  static: "STATIC",
  dns: "DNS",
  dnsRoundRobin: "DNS_ROUND_ROBIN",
  dynamicDns: "DYNAMIC_DNS",
};

function endpointOf(endpoint: NonNullable<ExternalServiceSpec["endpoints"]>[number]): JsonObject {
  const { address, ports, labels, network, locality, weight } = endpoint;
  return {
    address,
    ...(ports && { ports }),
    ...(labels && { labels }),
    ...(network && { network }),
    ...(locality && { locality }),
    ...(weight !== undefined && { weight }),
  };
}

/** The service's own TLS, for clients to whom no connection policy says another. */
function withTls(
  connection: EffectiveConnection | undefined,
  { spec }: ExternalService,
  from: readonly Provenance[],
): EffectiveConnection | undefined {
  const { tls } = spec;
  const [source] = from;
  if (tls === undefined || source === undefined) return connection;
  const nothing = { settings: {}, sources: new Map(), ports: new Map(), clients: {}, because: [] };
  const said = connection ?? { classes: [nothing], conflicts: [], refused: [] };
  const own = <T extends EffectiveSettings>(of: T): T =>
    of.settings.tls !== undefined
      ? of
      : { ...of, settings: { ...of.settings, tls }, sources: new Map([...of.sources, ["tls", source]]) };
  return {
    ...said,
    classes: said.classes.map((group) => ({
      ...own(group),
      ports: new Map([...group.ports].map(([port, of]) => [port, own(of)])),
    })),
  };
}
