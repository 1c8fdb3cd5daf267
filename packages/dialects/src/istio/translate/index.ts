import type {
  ClientUnit,
  Dialect,
  Provenance,
  SecurityUnit,
  TranslationBuilder,
  UnitContext,
} from "@heddle/core";
import { workloadSubject } from "../../object-names.ts";
import { workloadPorts } from "../../ports.ts";
import { apiVersionOf, rootNamespace } from "../api-versions.ts";
import { hostOf } from "../identity.ts";
import { translateAccess } from "./access.ts";
import { translateAuthentication } from "./authentication.ts";
import { translateConnection } from "./connection.ts";
import { translateEgress } from "./egress.ts";
import { calledHosts, translateExternal } from "./external.ts";
import type { Scope } from "./scope.ts";
import { translateTraffic } from "./traffic.ts";

/** Istio inherits: security objects are written once at the level a policy speaks about. */
export const translate: Dialect["translate"] = {
  destination(unit, context, out) {
    const { destination, workloads, traffic, connection } = unit;
    const { namespace, name } = destination;
    const called = { namespace, name, host: hostOf(destination, context.mesh) };
    const home = `destination/${namespace}/${name}`;
    translateTraffic({ ...called, traffic, connection, home }, context, out);
    translateConnection(called, connection, context, out);
    if (Object.keys(destination.selector).length === 0) {
      refuseSecurity(unit, out);
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
    const { service, namespaces, traffic, connection } = unit;
    translateExternal(unit, context, out);
    const home = `external/${service.metadata.workspace}/${service.metadata.name}`;
    for (const called of namespaces?.length === 0 ? [] : calledHosts(service, context.mesh, namespaces))
      translateTraffic({ ...called, traffic, connection, home }, context, out);
  },
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
    if (unit.access?.denied) writeDefaultDeny(namespace, unit.access.denied.from, context, out);
    translateClient(
      unit,
      { level: "namespace", namespace, subject: namespace, selector: undefined, workloadPorts: itself },
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
}

/**
 * An ALLOW without rules: nothing passes that no other ALLOW lets through. In the root namespace it would hold for the whole mesh, and
 * what runs there is the mesh's own.
 */
function writeDefaultDeny(
  namespace: string,
  from: Provenance,
  { mesh }: UnitContext,
  out: TranslationBuilder,
): void {
  if (namespace === rootNamespace(mesh)) return;
  const apiVersion = apiVersionOf(mesh, "security.istio.io");
  out.object({ apiVersion, kind: "AuthorizationPolicy", namespace, name: "default-access" }, [from], {
    spec: {},
  });
}

/** Security objects select pods, and a Service without a selector has none of its own. */
function refuseSecurity({ access, authentication }: SecurityUnit, out: TranslationBuilder): void {
  const said = [
    ...(access?.rules ?? []).map(({ key, level }) => ({ level, from: { resource: key, path: "spec" } })),
    ...[
      authentication?.mode,
      ...(authentication?.ports.values() ?? []),
      ...(authentication?.jwt ?? []),
    ].flatMap((value) => value ?? []),
  ];
  for (const { level, from } of said)
    if (level === "destination")
      out.verdict(from, "unsupported", "the Service has no selector, so there are no pods to enforce it at");
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
