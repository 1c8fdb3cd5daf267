import type { Dialect, SecurityUnit, TranslationBuilder, UnitContext } from "@heddle/core";
import { workloadPorts } from "../../ports.ts";
import { rootNamespace } from "../api-versions.ts";
import { translateAccess } from "./access.ts";
import { translateAuthentication } from "./authentication.ts";
import type { Scope } from "./scope.ts";
import { translateTraffic } from "./traffic.ts";

/** Istio inherits: security objects are written once at the level a policy speaks about. */
export const translate: Dialect["translate"] = {
  destination(unit, context, out) {
    translateTraffic(unit, context, out);
    const { destination, workloads } = unit;
    if (Object.keys(destination.selector).length === 0) return;
    const scope: Scope = {
      level: "destination",
      namespace: destination.namespace,
      subject: destination.name,
      selector: destination.selector,
      workloadPorts: (port) => workloadPorts(destination, workloads, port),
    };
    translateSecurity(unit, scope, context, out);
  },
  workload(unit, context, out) {
    const { namespace, name, labels } = unit.workload;
    translateSecurity(
      unit,
      { level: "workload", namespace, subject: name, selector: labels, workloadPorts: itself },
      context,
      out,
    );
  },
  namespace(unit, context, out) {
    const { namespace } = unit;
    translateSecurity(
      unit,
      { level: "namespace", namespace, subject: namespace, selector: undefined, workloadPorts: itself },
      context,
      out,
    );
  },
  mesh(unit, context, out) {
    const namespace = rootNamespace(context.mesh);
    translateSecurity(
      unit,
      { level: "mesh", namespace, subject: namespace, selector: undefined, workloadPorts: itself },
      context,
      out,
    );
  },
};

function translateSecurity(
  unit: SecurityUnit,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  translateAccess(unit.access, scope, context, out);
  translateAuthentication(unit.authentication, scope, context, out);
}

function itself(port: number): readonly number[] {
  return [port];
}
