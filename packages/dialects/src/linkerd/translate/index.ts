import type { Dialect } from "@heddle/core";
import { workloadSubject } from "../../object-names.ts";
import { translateSecurity } from "./access.ts";
import { everyNamespace, tellEgressOfWorkload, translateEgress } from "./egress.ts";
import { translateMachine } from "./machine.ts";
import { translateRateLimits } from "./rate-limit.ts";
import { inboundPortsOf, rivalsAt } from "./server.ts";
import { translateTraffic } from "./traffic.ts";
import { translateVirtual } from "./virtual.ts";

/** Linkerd has no namespace- or mesh-wide objects for security, so what is said of it at those levels is written for each destination. */
export const translate: Dialect["translate"] = {
  destination(unit, context, out) {
    translateTraffic(unit, context, out);
    const inbound = inboundPortsOf(unit);
    const servers = translateSecurity(unit, unit.destination.name, inbound, context, out);
    translateRateLimits(unit, inbound, servers, context, out);
  },
  virtual: translateVirtual,
  machine: translateMachine,
  workload(unit, context, out) {
    const { namespace, labels, ports } = unit.workload;
    const inbound = ports.map(({ port }) => ({
      namespace,
      selector: labels,
      port,
      workloadPort: port,
      ...rivalsAt({ selector: labels, workloadPort: port }, unit.rivals, [unit.workload]),
    }));
    translateSecurity(unit, workloadSubject(unit.workload), inbound, context, out);
    tellEgressOfWorkload(unit.egress, out);
  },
  namespace(unit, context, out) {
    translateEgress(unit.egress, { level: "namespace", namespace: unit.namespace }, context, out);
  },
  mesh(unit, context, out) {
    translateEgress(unit.egress, { level: "mesh", namespace: everyNamespace }, context, out);
  },
};
