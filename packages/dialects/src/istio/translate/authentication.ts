import type { JwtRule, MtlsMode, ObjectName, ResourceKey } from "@heddle/api";
import { parseResourceKey } from "@heddle/api";
import type {
  EffectiveAuthentication,
  JsonObject,
  LevelledJwt,
  TranslationBuilder,
  UnitContext,
} from "@heddle/core";
import { policyObjectName } from "../../object-names.ts";
import { apiVersionOf } from "../api-versions.ts";
import type { Scope } from "./scope.ts";

const GROUP = "security.istio.io";

/**
 * PeerAuthentication for mTLS modes and RequestAuthentication for JWT rules, each at the level its policy speaks about: Istio itself
 * lets the narrower object win. A RequestAuthentication lets requests without a token pass, so a DENY goes with it.
 */
export function translateAuthentication(
  authentication: EffectiveAuthentication | undefined,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  if (authentication === undefined) return;
  writeModes(authentication, scope, context, out);
  const jwt = authentication.jwt.filter(({ level }) => level === scope.level);
  const policies = Map.groupBy(jwt, ({ from }) => from.resource);
  for (const [resource, rules] of policies) {
    writeTokens(resource, rules, scope, context, out);
    if (policies.size > 1)
      out.verdict(
        { resource, path: "spec.jwt" },
        "approximated",
        "stricter: Istio looks at one token of a request, which must satisfy every policy that demands tokens here",
      );
  }
}

function writeModes(
  { mode, ports }: EffectiveAuthentication,
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  const own = mode?.level === scope.level ? mode : undefined;
  const byPort: Record<string, { mode: MtlsMode }> = {};
  const sources = own === undefined ? [] : [own.from];
  for (const [port, { value, level, from }] of ports) {
    if (level !== scope.level) continue;
    if (scope.selector === undefined) {
      out.verdict(
        from,
        "unsupported",
        "PeerAuthentication takes modes by port only where it selects workloads: target a Service or Workload",
      );
      continue;
    }
    for (const workloadPort of scope.workloadPorts(port)) byPort[String(workloadPort)] = { mode: value };
    sources.push(from);
  }
  if (sources.length === 0) return;
  const name: ObjectName = {
    apiVersion: apiVersionOf(context.mesh, GROUP),
    kind: "PeerAuthentication",
    namespace: scope.namespace,
    name: scope.selector === undefined ? "default" : ownName(scope.subject),
  };
  out.object(name, sources, {
    "spec.selector": scope.selector === undefined ? null : { matchLabels: scope.selector },
    "spec.mtls": own === undefined ? null : { mode: own.value },
    "spec.portLevelMtls": Object.keys(byPort).length === 0 ? null : byPort,
  });
}

/** The name of what selects pods; `default` is that of the namespace's own object. */
function ownName(subject: string): string {
  return subject === "default" ? "service.default" : subject;
}

function writeTokens(
  resource: ResourceKey,
  rules: readonly LevelledJwt[],
  scope: Scope,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  const { name, workspace } = parseResourceKey(resource);
  const from = [{ resource, path: "spec.jwt" }];
  const at = { namespace: scope.namespace, name: policyObjectName({ name, workspace }, scope.subject) };
  const apiVersion = apiVersionOf(context.mesh, GROUP);
  const selector = scope.selector === undefined ? null : { matchLabels: scope.selector };
  out.object({ apiVersion, kind: "RequestAuthentication", ...at }, from, {
    "spec.selector": selector,
    "spec.jwtRules": rules.map(({ value }) => jwtRuleOf(value)),
  });
  const ports = rules[0]?.ports?.flatMap((port) => scope.workloadPorts(port)).map(String) ?? [];
  out.object({ apiVersion, kind: "AuthorizationPolicy", ...at }, from, {
    "spec.action": "DENY",
    "spec.selector": selector,
    "spec.rules": [
      {
        from: [{ source: { notRequestPrincipals: rules.map(({ value }) => `${value.issuer}/*`) } }],
        ...(ports.length > 0 && { to: [{ operation: { ports } }] }),
      },
    ],
  });
}

function jwtRuleOf(rule: JwtRule): JsonObject {
  const { from, forward } = rule;
  return {
    issuer: rule.issuer,
    ...(rule.audiences && { audiences: rule.audiences }),
    ...("uri" in rule.jwks ? { jwksUri: rule.jwks.uri } : { jwks: rule.jwks.inline }),
    ...(from?.headers && {
      fromHeaders: from.headers.map(({ name, prefix }) => ({
        name,
        ...(prefix !== undefined && { prefix }),
      })),
    }),
    ...(from?.params && { fromParams: from.params }),
    ...(from?.cookies && { fromCookies: from.cookies }),
    ...(forward?.original !== undefined && { forwardOriginalToken: forward.original }),
    ...(forward?.payloadHeader && { outputPayloadToHeader: forward.payloadHeader }),
    ...(forward?.claims && {
      outputClaimToHeaders: forward.claims.map(({ header, claim }) => ({ header, claim })),
    }),
  };
}
