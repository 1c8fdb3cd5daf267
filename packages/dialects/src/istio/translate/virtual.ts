import { type ObjectName, resourceKey } from "@heddle/api";
import type { JsonObject, Provenance, TranslationBuilder, UnitContext, VirtualUnit } from "@heddle/core";
import { tellClientsLeftOut } from "../../left-out.ts";
import { policyObjectName } from "../../object-names.ts";
import { virtualClasses, virtualRules } from "../../virtual-rules.ts";
import { apiVersionOf, rootNamespace } from "../api-versions.ts";
import { toDestination } from "./backend.ts";
import { httpRoutes } from "./http-routes.ts";
import { tellUncounted } from "./rate-limit.ts";

type Port = VirtualUnit["destination"]["spec"]["ports"][number];

/**
 * A virtual destination is a name with routes to the hosts of its backends, which keep their own endpoints, subsets and mTLS: a
 * VirtualService, and what makes the name known: a Service where it has the form of one, a ServiceEntry otherwise.
 */
export function translateVirtual(unit: VirtualUnit, context: UnitContext, out: TranslationBuilder): void {
  const { destination, hosts, namespaces, connection } = unit;
  if (namespaces?.length === 0) return;
  const from: Provenance = { resource: resourceKey(destination), path: "spec" };
  for (const { service } of hosts) if (service !== undefined) writeService(unit, service, from, out);
  const others = hosts.filter(({ service }) => service === undefined).map(({ host }) => host);
  if (others.length > 0) writeEntry(unit, others, from, context, out);
  writeRoutes(unit, context, out);
  const rules = (unit.traffic?.classes ?? []).flatMap((group) => group.rules);
  tellUncounted(rules, "left out: it is counted at the pods of a Service, so target the backends", out);
  for (const { sources } of connection?.classes ?? [])
    for (const said of sources.values())
      out.verdict(
        said,
        "unsupported",
        "a virtual destination has no connections of its own: target its backends",
      );
}

/** A Service without pods: it gives the name an address, in DNS and for clients without a proxy. */
function writeService(
  { destination, namespaces }: VirtualUnit,
  service: Pick<ObjectName, "namespace" | "name">,
  from: Provenance,
  out: TranslationBuilder,
): void {
  out.object({ apiVersion: "v1", kind: "Service", ...service }, [from], {
    "spec.ports": destination.spec.ports.map((port) => ({
      name: portName(port),
      port: port.port,
      protocol: "TCP",
      appProtocol: port.protocol.toLowerCase(),
    })),
    "metadata.annotations": namespaces ? { "networking.istio.io/exportTo": namespaces.join(",") } : null,
  });
}

/** The endpoints are the backends by name, so that the entry leads somewhere even where no route is looked at. */
function writeEntry(
  unit: VirtualUnit,
  hosts: readonly string[],
  from: Provenance,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  const { destination, namespaces, split } = unit;
  const to = toDestination(originOf(context), context, out, [from]);
  const addresses = new Set(
    split.map(({ destination: backend }) => to({ ...(backend && { destination: backend }) }).host),
  );
  const { port: same } = split.find(({ port }) => port !== undefined) ?? {};
  const ports = destination.spec.ports.filter(({ protocol }) => protocol !== "TCP");
  for (const [index, { protocol }] of destination.spec.ports.entries())
    if (protocol === "TCP")
      out.verdict(
        { ...from, path: `spec.ports[${index}]` },
        "unsupported",
        `not under ${hosts.join(", ")}: without an address of its own it would take all of the port; a host NAME.NAMESPACE.svc gets one`,
      );
  if (ports.length === 0) return;
  out.object(objectName("ServiceEntry", unit, context), [from], {
    "spec.hosts": hosts,
    "spec.ports": ports.map((port) => ({
      number: port.port,
      name: portName(port),
      protocol: port.protocol,
      ...((same ?? port.targetPort) !== undefined && { targetPort: same ?? port.targetPort ?? port.port }),
    })),
    "spec.location": "MESH_INTERNAL",
    "spec.resolution": "DNS",
    "spec.endpoints": [...addresses].sort().map((address) => ({ address })),
    "spec.exportTo": namespaces ?? null,
  });
}

function writeRoutes(unit: VirtualUnit, context: UnitContext, out: TranslationBuilder): void {
  const { destination, hosts, namespaces } = unit;
  const { ports } = destination.spec;
  const from: Provenance[] = [{ resource: resourceKey(destination), path: "spec.backends" }];
  const http: JsonObject[] = [];
  for (const group of virtualClasses(unit)) {
    if (group.clients.serviceAccounts !== undefined) {
      tellClientsLeftOut(group, ["serviceAccounts"], out);
      continue;
    }
    for (const port of ports.filter(isHttp)) {
      const said = httpRoutes(
        virtualRules(group.rules, unit, port),
        group.clients,
        originOf(context),
        context,
        out,
      );
      http.push(...said.http);
      from.push(...said.from);
    }
  }
  const names = hosts.map(({ host }) => host);
  const streams = (some: readonly Port[], match: (port: Port) => JsonObject) =>
    some.map((port) => ({ match: [match(port)], route: streamRoute(unit, port, context, out) }));
  const tls = streams(ports.filter(isTls), ({ port }) => ({ port, sniHosts: names }));
  const addressed = hosts.some(({ service }) => service !== undefined);
  const tcp = streams(
    ports.filter((port) => addressed && port.protocol === "TCP"),
    ({ port }) => ({ port }),
  );
  if (http.length + tls.length + tcp.length === 0) {
    out.verdict(
      { resource: resourceKey(destination), path: "spec" },
      "unsupported",
      "left out: nothing of it can be routed",
    );
    return;
  }
  out.object(objectName("VirtualService", unit, context), from, {
    "spec.hosts": names,
    "spec.exportTo": namespaces ?? null,
    "spec.http": http.length === 0 ? null : http,
    "spec.tls": tls.length === 0 ? null : tls,
    "spec.tcp": tcp.length === 0 ? null : tcp,
  });
}

function streamRoute(
  unit: VirtualUnit,
  port: Port,
  context: UnitContext,
  out: TranslationBuilder,
): JsonObject[] {
  const from: Provenance = { resource: resourceKey(unit.destination), path: "spec.backends" };
  const to = toDestination(originOf(context), context, out, [from]);
  const several = unit.split.length > 1;
  return unit.split.map((backend) => ({
    destination: to({ ...backend, port: backend.port ?? port.targetPort ?? port.port }),
    ...(several && { weight: backend.weight }),
  }));
}

function originOf({ mesh }: UnitContext) {
  return { itself: undefined, namespace: rootNamespace(mesh), exposes: false };
}

/** Objects stand in the root namespace, as those of external services: no workspace's namespace has to exist in the cluster. */
function objectName(
  kind: "ServiceEntry" | "VirtualService",
  { destination }: VirtualUnit,
  { mesh }: UnitContext,
): ObjectName {
  return {
    apiVersion: apiVersionOf(mesh, "networking.istio.io"),
    kind,
    namespace: rootNamespace(mesh),
    name: policyObjectName(destination.metadata, "virtual"),
  };
}

function portName({ name, protocol, port }: Port): string {
  return name ?? `${protocol.toLowerCase()}-${port}`;
}

function isHttp({ protocol }: Port): boolean {
  return protocol === "HTTP" || protocol === "HTTP2" || protocol === "GRPC";
}

function isTls({ protocol }: Port): boolean {
  return protocol === "HTTPS" || protocol === "TLS";
}
