import type { AccessOperation, AccessSource, ObjectName } from "@heddle/api";
import type {
  AccessRule,
  JsonObject,
  Provenance,
  SecurityUnit,
  TranslationBuilder,
  UnitContext,
} from "@heddle/core";
import { tellLeftOut } from "../../left-out.ts";
import { policyObjectName } from "../../object-names.ts";
import { gatewayApiVersion, policyApiVersion, policyGroup } from "../api-versions.ts";
import { identitiesOfNamespace, identityOf, identityOfSpiffeId } from "../identity.ts";
import { modeAt } from "./authentication.ts";
import { escapeRegex } from "./match.ts";
import { type InboundPort, writeServer } from "./server.ts";

/**
 * A Server for each inbound port that something is said about, and an AuthorizationPolicy for each alternative of each ALLOW. Linkerd
 * only says what is allowed: DENY and AUDIT are refused (their verdicts say so), and what an ALLOW cannot say is left out of it.
 * Returns the Servers that were needed.
 */
export function translateSecurity(
  unit: SecurityUnit,
  subject: string,
  inbound: readonly InboundPort[],
  context: UnitContext,
  out: TranslationBuilder,
): ReadonlyMap<InboundPort, ObjectName> {
  const servers = new Map<InboundPort, ObjectName>();
  const rules = unit.access?.rules ?? [];
  const allows = rules.filter(({ key, spec }) => !context.unsupported(key, "spec.action") && !spec.dryRun);
  for (const rule of rules)
    if (allows.includes(rule)) tellLeftOut(rule, context, out);
    else out.verdict({ resource: rule.key, path: "spec" }, "unsupported", "refused: see its fields");
  for (const at of inbound) {
    const here = allows.filter(({ ports }) => ports?.includes(at.port) ?? true);
    const mode = modeAt(unit.authentication, at);
    const strict =
      mode?.value === "STRICT" && !context.unsupported(mode.from.resource, mode.from.path) ? mode : undefined;
    const from = [
      ...here.map(({ key }): Provenance => ({ resource: key, path: "spec" })),
      ...(strict ? [strict.from] : []),
      ...(unit.access?.denied ? [unit.access.denied.from] : []),
    ];
    if (from.length === 0) continue;
    for (const rival of at.rivals)
      for (const source of from)
        out.verdict(
          source,
          "unsupported",
          `${rival} selects some of the same pods by other labels: of two Servers on one port Linkerd heeds one`,
        );
    for (const { key, level } of here)
      if (level === "namespace" || level === "mesh")
        out.verdict(
          { resource: key, path: "spec.targets" },
          "approximated",
          "written for the ports of Services; pods that no Service leads to keep the mesh's default",
        );
    const open = here.length === 0 && unit.access?.denied === undefined && !at.closed;
    const server = writeServer(at, open ? "all-authenticated" : null, from, context, out);
    const name = inbound.length > 1 ? `${subject}-${at.port}` : subject;
    writeAllows(here, { at, server, name, strict: strict !== undefined }, context, out);
    servers.set(at, server);
  }
  return servers;
}

interface Place {
  readonly at: InboundPort;
  readonly server: ObjectName;
  readonly name: string;
  readonly strict: boolean;
}

function writeAllows(
  rules: readonly AccessRule[],
  place: Place,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  let routed = false;
  for (const rule of rules) {
    const from = [{ resource: rule.key, path: "spec" }];
    const operations = sayable(rule, "to", context).filter(
      ({ ports }) => ports?.includes(place.at.port) ?? true,
    );
    if (rule.spec.to !== undefined && operations.length === 0) continue;
    const routes = operations.every(onlyPorts) ? [] : operations.flatMap(routeMatches);
    const base = policyObjectName(rule, place.name);
    const targets =
      routes.length === 0
        ? [{ group: policyGroup, kind: "Server", name: place.server.name }]
        : [...Map.groupBy(routes, ({ hostnames }) => hostnames?.toSorted().join() ?? "").values()].map(
            (group, index) =>
              writeRoute(index === 0 ? base : `${base}-host-${index}`, group, place, from, context, out),
          );
    routed ||= routes.length > 0;
    const sources: readonly (AccessSource | undefined)[] =
      rule.spec.from === undefined ? [undefined] : sayable(rule, "from", context);
    const pairs = targets.flatMap((target) => sources.map((source) => ({ target, source })));
    pairs.forEach(({ target, source }, index) => {
      const name = pairs.length === 1 ? base : `${base}-${index}`;
      writeAuthorization(name, source, target, place, from, context, out);
    });
  }
  if (routed) writeCatchAll(rules, place, context, out);
}

/** Alternatives that Linkerd can say whole; the others are left out, which is stricter. */
function sayable<F extends "from" | "to">(
  rule: AccessRule,
  field: F,
  context: UnitContext,
): NonNullable<AccessRule["spec"][F]> {
  const entries = (rule.spec[field] ?? []) as readonly unknown[];
  return entries.filter(
    (_, index) => !context.unsupported(rule.key, `spec.${field}[${index}]`),
  ) as NonNullable<AccessRule["spec"][F]>;
}

function onlyPorts(operation: AccessOperation): boolean {
  return !operation.methods && !operation.paths && !operation.hosts && !operation.headers;
}

interface RouteMatches {
  readonly hostnames: readonly string[] | undefined;
  readonly matches: readonly JsonObject[];
}

function routeMatches(operation: AccessOperation): RouteMatches[] {
  const headers = operation.headers?.map(({ name, value }): JsonObject => {
    if ("exact" in value) return { name, type: "Exact", value: value.exact };
    return {
      name,
      type: "RegularExpression",
      value: "regex" in value ? value.regex : "prefix" in value ? `${escapeRegex(value.prefix)}.*` : ".*",
    };
  });
  const matches = (operation.paths ?? [undefined]).flatMap((path) =>
    (operation.methods ?? [undefined]).map(
      (method): JsonObject => ({
        path: path === undefined || path === "*" ? { type: "PathPrefix", value: "/" } : pathOf(path),
        ...(method && { method }),
        ...(headers && { headers }),
      }),
    ),
  );
  return [{ hostnames: operation.hosts, matches }];
}

/** Paths of access policies are texts with one `*` at an end, as in Istio: a prefix is not by segment. */
function pathOf(path: string): JsonObject {
  if (path.endsWith("*")) return { type: "RegularExpression", value: `${escapeRegex(path.slice(0, -1))}.*` };
  if (path.startsWith("*")) return { type: "RegularExpression", value: `.*${escapeRegex(path.slice(1))}` };
  return { type: "Exact", value: path };
}

/** One route of operations with the same hosts: hostnames hold for every match of a route. */
function writeRoute(
  name: string,
  routes: readonly RouteMatches[],
  { at, server }: Place,
  from: readonly Provenance[],
  { mesh }: UnitContext,
  out: TranslationBuilder,
): JsonObject {
  const hostnames = routes[0]?.hostnames;
  out.object(
    { apiVersion: gatewayApiVersion(mesh), kind: "HTTPRoute", namespace: at.namespace, name },
    from,
    {
      "spec.parentRefs": [{ group: policyGroup, kind: "Server", name: server.name }],
      "spec.hostnames": hostnames ?? null,
      "spec.rules": [{ matches: routes.flatMap(({ matches }) => matches) }],
    },
  );
  return { group: "gateway.networking.k8s.io", kind: "HTTPRoute", name };
}

/** Once a Server has routes, what matches none of them is refused; policies for the whole Server need a route for the rest. */
function writeCatchAll(
  rules: readonly AccessRule[],
  { at, server }: Place,
  { mesh }: UnitContext,
  out: TranslationBuilder,
): void {
  const whole = rules.filter(({ spec }) => spec.to?.every(onlyPorts) ?? true);
  if (whole.length === 0) return;
  const from = whole.map(({ key }) => ({ resource: key, path: "spec" }));
  out.object(
    {
      apiVersion: gatewayApiVersion(mesh),
      kind: "HTTPRoute",
      namespace: at.namespace,
      name: `${server.name}-rest`,
    },
    from,
    {
      "spec.parentRefs": [{ group: policyGroup, kind: "Server", name: server.name }],
      "spec.rules": [{ matches: [{ path: { type: "PathPrefix", value: "/" } }] }],
    },
    `server/${server.namespace}/${server.name}`,
  );
}

function writeAuthorization(
  name: string,
  source: AccessSource | undefined,
  target: JsonObject,
  { at, strict }: Place,
  from: readonly Provenance[],
  { mesh }: UnitContext,
  out: TranslationBuilder,
): void {
  const place = { apiVersion: policyApiVersion, namespace: at.namespace, name };
  const identities = identitiesOf(source, mesh);
  if (identities?.length === 0) return;
  const meshTls = identities ?? (strict ? ["*"] : undefined);
  const networks = source?.ipBlocks ?? (meshTls === undefined ? ["0.0.0.0/0", "::/0"] : undefined);
  if (meshTls) out.object({ ...place, kind: "MeshTLSAuthentication" }, from, { "spec.identities": meshTls });
  if (networks)
    out.object({ ...place, kind: "NetworkAuthentication" }, from, {
      "spec.networks": networks.map((cidr) => ({ cidr: asCidr(cidr) })),
    });
  out.object({ ...place, kind: "AuthorizationPolicy" }, from, {
    "spec.targetRef": target,
    "spec.requiredAuthenticationRefs": [
      ...(meshTls ? [{ group: policyGroup, kind: "MeshTLSAuthentication", name }] : []),
      ...(networks ? [{ group: policyGroup, kind: "NetworkAuthentication", name }] : []),
    ],
  });
}

/** All set fields must hold, so several lists of identities are intersected; undefined when none is set. */
function identitiesOf(source: AccessSource | undefined, mesh: UnitContext["mesh"]): string[] | undefined {
  if (source === undefined) return undefined;
  const lists = [
    source.identities?.flatMap((id) => identityOfSpiffeId(mesh, id) ?? []),
    source.serviceAccounts?.map((account) => identityOf(mesh, account)),
    source.namespaces?.map((namespace) => identitiesOfNamespace(mesh, namespace)),
  ].filter((list) => list !== undefined);
  const [first, ...rest] = lists;
  if (first === undefined) return undefined;
  return rest.reduce(
    (kept, list) => [
      ...kept.filter((id) => covered(id, list)),
      ...list.filter((id) => !kept.includes(id) && covered(id, kept)),
    ],
    first,
  );
}

/** Whether an identity is in the list, itself or by a wildcard such as `*.NAMESPACE.serviceaccount.identity.…`. */
function covered(identity: string, list: readonly string[]): boolean {
  return list.some(
    (entry) =>
      entry === identity ||
      (entry.startsWith("*.") &&
        !identity.startsWith("*") &&
        identity.slice(identity.indexOf(".")) === entry.slice(1)),
  );
}

function asCidr(block: string): string {
  if (block.includes("/")) return block;
  return block.includes(":") ? `${block}/128` : `${block}/32`;
}
