import type {
  ClientUnit,
  Dialect,
  Provenance,
  SecurityUnit,
  TargetLevel,
  TranslationBuilder,
  UnitContext,
  VerdictLevel,
} from "@heddle/core";
import { workloadSubject } from "../../object-names.ts";
import { workloadPorts } from "../../ports.ts";
import { apiVersionOf, rootNamespace } from "../api-versions.ts";
import { hostOf } from "../identity.ts";
import { translateAccess } from "./access.ts";
import { translateAuthentication } from "./authentication.ts";
import { translateConnection } from "./connection.ts";
import { translateEgress } from "./egress.ts";
import { translateExtensions } from "./extension.ts";
import { calledHosts, translateExternal } from "./external.ts";
import { translateExternalAuthorization } from "./external-authorization.ts";
import { translateGateway } from "./gateway.ts";
import { translateMachine } from "./machine.ts";
import { speaksHttp } from "./protocol-selection.ts";
import { tellUncounted, translateRateLimits } from "./rate-limit.ts";
import { translateRoutes } from "./routes.ts";
import type { Scope } from "./scope.ts";
import { translateTelemetry } from "./telemetry.ts";
import { translateTraffic } from "./traffic.ts";
import { exitOf, leavingBy, seenAlsoAt, writeLeaving } from "./via-gateway.ts";
import { translateVirtual } from "./virtual.ts";

/** Istio inherits: security objects are written once at the level a policy speaks about. */
export const translate: Dialect["translate"] = {
  destination(unit, context, out) {
    const { destination, workloads, traffic, connection } = unit;
    const { namespace, name } = destination;
    const onlyHttp = destination.ports.every(speaksHttp);
    const meshed = workloads.some(({ mesh }) => mesh !== undefined);
    const called = { namespace, name, host: hostOf(destination, context.mesh), onlyHttp, meshed };
    const home = `destination/${namespace}/${name}`;
    translateTraffic({ called, traffic, connection, home }, context, out);
    translateConnection(called, connection, context, out);
    translateRateLimits(unit, context, out);
    if (Object.keys(destination.selector).length === 0) {
      const why = "the Service has no selector, so there are no pods to enforce it at";
      tellUnwritten(unit, "destination", "unsupported", why, out);
      return;
    }
    const scope: Scope = {
      level: "destination",
      namespace: destination.namespace,
      subject: destination.name,
      selector: destination.selector,
      workloadPorts: (port) => workloadPorts(destination, workloads, port),
    };
    translateSecurity(unit, scope, context, out);
  },
  external(unit, context, out) {
    const { service, traffic, connection } = unit;
    const exit = exitOf(service, context, out);
    const namespaces = seenAlsoAt(unit.namespaces, exit);
    translateExternal({ ...unit, namespaces }, context, out);
    const rules = (traffic?.classes ?? []).flatMap((group) => group.rules);
    tellUncounted(rules, "left out: no proxy of the mesh stands before it to count", out);
    const home = `external/${service.metadata.workspace}/${service.metadata.name}`;
    for (const called of namespaces?.length === 0 ? [] : calledHosts(service, context.mesh, namespaces)) {
      const leaving = exit && leavingBy(exit, service, called.host, context, out);
      translateTraffic({ called, traffic, connection, home, leaving }, context, out);
      if (leaving) writeLeaving(leaving, called, service.spec.ports, context, out);
    }
  },
  virtual: translateVirtual,
  gateway: translateGateway,
  routes: translateRoutes,
  machine: translateMachine,
  workload(unit, context, out) {
    const { namespace, labels } = unit.workload;
    translateClient(
      unit,
      {
        level: "workload",
        namespace,
        subject: workloadSubject(unit.workload),
        selector: labels,
        workloadPorts: itself,
      },
      context,
      out,
    );
  },
  namespace(unit, context, out) {
    const { namespace } = unit;
    if (namespace === rootNamespace(context.mesh)) {
      const why = `not in ${namespace}: objects of the root namespace hold for the whole mesh`;
      tellUnwritten(unit, "namespace", "approximated", why, out);
      return;
    }
    if (unit.access?.denied) writeDefaultDeny(namespace, unit.access.denied.from, context, out);
    translateClient(
      unit,
      {
        level: "namespace",
        namespace,
        subject: `namespace.${namespace}`,
        selector: undefined,
        workloadPorts: itself,
      },
      context,
      out,
    );
  },
  mesh(unit, context, out) {
    const namespace = rootNamespace(context.mesh);
    translateClient(
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
  translateExternalAuthorization(unit.authentication, scope, context, out);
  translateExtensions(unit.extension, scope, context, out);
  translateTelemetry(unit.telemetry, scope, context, out);
}

/** An ALLOW without rules: nothing passes that no other ALLOW lets through. */
function writeDefaultDeny(
  namespace: string,
  from: Provenance,
  { mesh }: UnitContext,
  out: TranslationBuilder,
): void {
  const apiVersion = apiVersionOf(mesh, "security.istio.io");
  out.object({ apiVersion, kind: "AuthorizationPolicy", namespace, name: "default-access" }, [from], {
    spec: {},
  });
}

/** Verdicts for what is said at a level where nothing can be written. */
function tellUnwritten(
  { access, authentication, extension, telemetry, egress }: SecurityUnit & Partial<ClientUnit>,
  at: TargetLevel,
  verdict: VerdictLevel,
  why: string,
  out: TranslationBuilder,
): void {
  const values = [
    authentication?.mode,
    ...(authentication?.ports.values() ?? []),
    ...(authentication?.jwt ?? []),
    ...(authentication?.external ?? []),
    egress?.outbound,
    ...(extension === undefined ? [] : Object.values(extension).flat()),
  ];
  const said = [
    ...(access?.rules ?? []).map(({ key, level }) => ({ level, from: { resource: key, path: "spec" } })),
    ...values.flatMap((value) => value ?? []),
    ...(telemetry?.said ?? []),
  ];
  for (const { level, from } of said) if (level === at) out.verdict(from, verdict, why);
}

function translateClient(
  unit: ClientUnit,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  translateSecurity(unit, scope, context, out);
  translateEgress(unit.egress, scope, context, out);
}

function itself(port: number): readonly number[] {
  return [port];
}
