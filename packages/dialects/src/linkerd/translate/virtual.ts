import { type DestinationFact, resourceKey } from "@heddle/api";
import type { Provenance, TranslationBuilder, UnitContext, VirtualHost, VirtualUnit } from "@heddle/core";
import { virtualClasses, virtualRules } from "../../virtual-rules.ts";
import { translateTraffic } from "./traffic.ts";

/**
 * A Service without pods for each host that has the form of one, and HTTPRoutes on it that lead to the Services of the backends. Linkerd
 * knows no other names.
 */
export function translateVirtual(unit: VirtualUnit, context: UnitContext, out: TranslationBuilder): void {
  const { destination, hosts } = unit;
  const from: Provenance = { resource: resourceKey(destination), path: "spec" };
  const { ports } = destination.spec;
  const classes = virtualClasses(unit);
  if (hosts.every(({ service }) => service === undefined))
    out.verdict(from, "unsupported", "left out: none of its hosts is a name that Linkerd routes");
  for (const { host, service } of hosts) {
    if (service === undefined) {
      const path = `spec.hosts[${destination.spec.hosts.indexOf(host)}]`;
      const why =
        "left out: it is no name of a Service in a namespace of this cluster, and Linkerd routes no other";
      out.verdict({ ...from, path }, "unsupported", why);
      continue;
    }
    const fact = factOf(unit, service);
    out.object({ apiVersion: "v1", kind: "Service", ...service }, [from], { "spec.ports": fact.ports });
    const traffic = { classes, conflicts: [], shadowed: [] };
    translateTraffic(
      {
        destination: fact,
        traffic,
        lead: (rules) => ports.flatMap((port) => virtualRules(rules, unit, port)),
      },
      context,
      out,
    );
  }
}

/** The Service as discovery would tell of it. */
function factOf({ destination }: VirtualUnit, service: NonNullable<VirtualHost["service"]>): DestinationFact {
  return {
    kind: "Destination",
    ...service,
    labels: {},
    selector: {},
    ports: destination.spec.ports.map(({ name, port, protocol }) => ({
      name: name ?? `${protocol.toLowerCase()}-${port}`,
      port,
      protocol: "TCP",
      appProtocol: protocol.toLowerCase(),
    })),
    headless: false,
  };
}
