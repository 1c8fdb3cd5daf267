import type { AccessOperation, AccessSource, ObjectName } from "@heddle/api";
import type {
  AccessRule,
  EffectiveAccess,
  JsonObject,
  Provenance,
  TranslationBuilder,
  UnitContext,
} from "@heddle/core";
import { tellLeftOut } from "../../left-out.ts";
import { policyObjectName } from "../../object-names.ts";
import { apiVersionOf } from "../api-versions.ts";
import { principalOf, principalOfSpiffeId } from "../identity.ts";
import type { Scope } from "./scope.ts";

/**
 * One AuthorizationPolicy for each access policy at the level its target speaks about. Fails closed: what an ALLOW cannot say is left
 * out of it, a DENY that cannot be said is not written (or widened, with `onUnsupported: stricter`) and the verdict says so.
 */
export function translateAccess(
  access: EffectiveAccess | undefined,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  for (const rule of access?.rules ?? []) {
    if (rule.level !== scope.level) continue;
    const provenance: Provenance = { resource: rule.key, path: "spec" };
    if (rule.spec.action !== "DENY") tellLeftOut(rule, context, out);
    const rules = rulesOf(rule, scope, context, out);
    if (rules === undefined) {
      out.verdict(
        { resource: rule.key, path: "spec" },
        "unsupported",
        "refused: a condition of this DENY cannot be said, see its fields",
      );
      continue;
    }
    const name: ObjectName = {
      apiVersion: apiVersionOf(context.mesh, "security.istio.io"),
      kind: "AuthorizationPolicy",
      namespace: scope.namespace,
      name: policyObjectName(rule, scope.subject),
    };
    if (rule.spec.action === "ALLOW" && rule.ports !== undefined)
      out.verdict(
        { resource: rule.key, path: "spec.targets" },
        "approximated",
        "stricter: with any ALLOW on its pods Istio refuses what no ALLOW lets through on their other ports too",
      );
    out.object(name, [provenance], {
      "spec.action": rule.spec.action,
      "spec.selector": scope.selector === undefined ? null : { matchLabels: scope.selector },
      "spec.rules": rules.length === 0 ? null : rules,
      "metadata.annotations": rule.spec.dryRun ? { "istio.io/dry-run": "true" } : null,
    });
  }
}

interface Condition {
  readonly fields: JsonObject;
  readonly when: readonly JsonObject[];
}

/** Undefined refuses the policy; an empty list matches nothing, so an ALLOW of it allows nothing. */
function rulesOf(
  rule: AccessRule,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): JsonObject[] | undefined {
  const { spec } = rule;
  const cannot = (path: string) => context.unsupported(rule.key, path);
  const sayable = <T>(
    entries: readonly T[] | undefined,
    field: string,
  ): readonly { entry: T; path: string }[] =>
    (entries ?? []).map((entry, index) => ({ entry, path: `spec.${field}[${index}]` }));
  const [from, to] = [sayable(spec.from, "from"), sayable(spec.to, "to")];
  const broken = [...from, ...to].some(({ path }) => cannot(path));
  if (broken && spec.action === "DENY" && spec.onUnsupported === "reject") return undefined;
  const widen = broken && spec.action === "DENY";
  if (widen)
    for (const { path } of [...from, ...to].filter((entry) => cannot(entry.path)))
      out.verdict(
        { resource: rule.key, path },
        "approximated",
        "stricter: widened to what can be said, see its fields",
      );
  const kept = <T>(entries: readonly { entry: T; path: string }[]) =>
    entries.filter(({ path }) => widen || !cannot(path));
  const sources = kept(from).map(({ entry }) => sourceOf(entry, context));
  const wanted = rule.ports === undefined ? to.length > 0 : true;
  const operations = (to.length > 0 ? kept(to) : [{ entry: {}, path: "spec" }]).flatMap(({ entry, path }) =>
    withPorts(
      operationOf(entry, (field) => cannot(`${path}.${field}`)),
      entry,
      rule,
      scope,
    ),
  );
  if ((from.length > 0 && sources.length === 0) || (wanted && operations.length === 0)) return [];
  return combine(sources, operations);
}

/**
 * Ports of the operation, narrowed by the target's, as ports of the workloads. An empty list would mean every port to Istio, so an
 * operation whose ports no workload has is left out of an ALLOW; a DENY then holds for every port.
 */
function withPorts(
  { fields, when }: Condition,
  { ports, not }: AccessOperation,
  rule: AccessRule,
  scope: Scope,
): Condition[] {
  const named =
    ports === undefined
      ? rule.ports
      : rule.ports === undefined
        ? ports
        : ports.filter((port) => rule.ports?.includes(port));
  const [included, excluded] = [named && portTexts(named, scope), not?.ports && portTexts(not.ports, scope)];
  if (rule.spec.action !== "DENY" && (included?.length === 0 || excluded?.length === 0)) return [];
  return [
    {
      fields: {
        ...fields,
        ...(included?.length && { ports: included }),
        ...(excluded?.length && { notPorts: excluded }),
      },
      when,
    },
  ];
}

/** `from` and `to` entries are alternatives; `when` belongs to a whole rule, so entries with conditions get rules of their own. */
function combine(someSources: readonly Condition[], someOperations: readonly Condition[]): JsonObject[] {
  const [sources, operations] = [someSources, someOperations].map(orAny) as [
    readonly Condition[],
    readonly Condition[],
  ];
  const plain = [...sources, ...operations].every(({ when }) => when.length === 0);
  if (plain)
    return [
      {
        ...(sources.length > 0 && { from: sources.map(({ fields }) => ({ source: fields })) }),
        ...(operations.length > 0 && { to: operations.map(({ fields }) => ({ operation: fields })) }),
      },
    ];
  const any: readonly Condition[] = [{ fields: {}, when: [] }];
  return (sources.length > 0 ? sources : any).flatMap((source) =>
    (operations.length > 0 ? operations : any).map((operation) => ({
      ...(Object.keys(source.fields).length > 0 && { from: [{ source: source.fields }] }),
      ...(Object.keys(operation.fields).length > 0 && { to: [{ operation: operation.fields }] }),
      ...(source.when.length + operation.when.length > 0 && { when: [...source.when, ...operation.when] }),
    })),
  );
}

/** One alternative that matches everything makes the others needless. */
function orAny(conditions: readonly Condition[]): readonly Condition[] {
  return conditions.some(({ fields, when }) => Object.keys(fields).length + when.length === 0)
    ? []
    : conditions;
}

function sourceOf(source: AccessSource, { mesh }: UnitContext): Condition {
  const when: JsonObject[] = [];
  const identities = source.identities?.map(principalOfSpiffeId);
  const accounts = source.serviceAccounts?.map((account) => principalOf(mesh, account));
  if (identities && accounts) when.push({ key: "source.principal", values: identities });
  const { jwt, not } = source;
  for (const [claim, values] of Object.entries(jwt?.claims ?? {}))
    when.push({ key: `request.auth.claims[${claim}]`, values });
  const notPrincipals = [
    ...(not?.identities?.map(principalOfSpiffeId) ?? []),
    ...(not?.serviceAccounts?.map((a) => principalOf(mesh, a)) ?? []),
  ];
  const fields: JsonObject = {
    ...((accounts ?? identities) && { principals: accounts ?? identities ?? [] }),
    ...(source.namespaces && { namespaces: source.namespaces }),
    ...(source.ipBlocks && { ipBlocks: source.ipBlocks }),
    ...(jwt && {
      requestPrincipals: [`${jwt.issuer ?? "*"}/${jwt.subject ?? "*"}`.replace(/^\*\/\*$/, "*")],
    }),
    ...(notPrincipals.length > 0 && { notPrincipals }),
    ...(not?.namespaces && { notNamespaces: not.namespaces }),
    ...(not?.ipBlocks && { notIpBlocks: not.ipBlocks }),
  };
  return { fields, when };
}

/** Everything of an operation but its ports. */
function operationOf(operation: AccessOperation, skip: (field: string) => boolean): Condition {
  const { not } = operation;
  const fields: JsonObject = {
    ...(operation.methods && { methods: operation.methods }),
    ...(operation.paths && { paths: operation.paths }),
    ...(operation.hosts && { hosts: operation.hosts }),
    ...(not?.methods && { notMethods: not.methods }),
    ...(not?.paths && { notPaths: not.paths }),
    ...(not?.hosts && { notHosts: not.hosts }),
  };
  const when = (operation.headers ?? []).flatMap(({ name, value }, index): JsonObject[] => {
    if (skip(`headers[${index}]`)) return [];
    const key = `request.headers[${name.toLowerCase()}]`;
    if ("exact" in value) return [{ key, values: [value.exact] }];
    if ("prefix" in value) return [{ key, values: [`${value.prefix}*`] }];
    if ("present" in value) return [value.present ? { key, values: ["*"] } : { key, notValues: ["*"] }];
    return [];
  });
  return { fields, when };
}

function portTexts(ports: readonly number[], scope: Scope): string[] {
  return [...new Set(ports.flatMap((port) => scope.workloadPorts(port)))].sort((a, b) => a - b).map(String);
}
