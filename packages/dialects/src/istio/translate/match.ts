import type { PathMatch, RouteMatch, StringMatch } from "@heddle/api";
import type { ClientCondition, EffectiveRule, JsonObject } from "@heddle/core";

/**
 * HTTPMatchRequests of a rule: the alternatives of the rule, times the path forms that a segment prefix needs, times the clients.
 * Undefined when the rule takes every request of every client. (istio.io/latest/docs/reference/config/networking/virtual-service)
 */
export function matchesOf(rule: EffectiveRule, clients: ClientCondition): JsonObject[] | undefined {
  const requests = (rule.match ?? [{}]).flatMap(requestMatches);
  const all = requests.flatMap((request) =>
    portsOf(rule, request).flatMap((port) =>
      clientMatches(clients).map((client) => ({ ...request, ...port, ...client })),
    ),
  );
  return all.every((match) => Object.keys(match).length === 0) ? undefined : all;
}

function portsOf(rule: EffectiveRule, request: JsonObject): JsonObject[] {
  if (rule.ports === undefined) return [{}];
  const wanted = request["port"];
  return rule.ports.filter((port) => wanted === undefined || wanted === port).map((port) => ({ port }));
}

function clientMatches({ namespaces, labels }: ClientCondition): JsonObject[] {
  const byLabel = labels === undefined ? {} : { sourceLabels: labels };
  if (namespaces === undefined) return [byLabel];
  return namespaces.map((sourceNamespace) => ({ ...byLabel, sourceNamespace }));
}

function requestMatches(match: RouteMatch): JsonObject[] {
  const headers = (match.headers ?? []).map(({ name, value }) => [name.toLowerCase(), value] as const);
  const absent = headers.filter(([, value]) => isAbsent(value));
  const present = headers.filter(([, value]) => !isAbsent(value));
  const base: JsonObject = {
    ...(present.length > 0 && {
      headers: Object.fromEntries(present.map(([name, value]) => [name, headerMatch(value)])),
    }),
    ...(absent.length > 0 && { withoutHeaders: Object.fromEntries(absent.map(([name]) => [name, {}])) }),
    ...(match.query && {
      queryParams: Object.fromEntries(match.query.map(({ name, value }) => [name, queryMatch(value)])),
    }),
    ...(match.methods && { method: methodMatch(match.methods) }),
    ...(match.port !== undefined && { port: match.port }),
  };
  return match.path === undefined ? [base] : uriMatches(match.path).map((uri) => ({ ...uri, ...base }));
}

/** Istio's prefix is a prefix of the text; Heddle's is by segment, hence `exact` and `prefix/`. */
function uriMatches(path: PathMatch): JsonObject[] {
  const flags: JsonObject = path.ignoreCase ? { ignoreUriCase: true } : {};
  if ("exact" in path) return [{ uri: { exact: path.exact }, ...flags }];
  if ("regex" in path) return [{ uri: { regex: path.ignoreCase ? `(?i)${path.regex}` : path.regex } }];
  const prefix = path.prefix.replace(/\/+$/, "");
  if (prefix === "") return [{ uri: { prefix: "/" } }];
  return [
    { uri: { exact: prefix }, ...flags },
    { uri: { prefix: `${prefix}/` }, ...flags },
  ];
}

function methodMatch(methods: readonly string[]): JsonObject {
  const [only, ...more] = methods;
  return more.length === 0 && only !== undefined ? { exact: only } : { regex: methods.join("|") };
}

function isAbsent(value: StringMatch): boolean {
  return "present" in value && !value.present;
}

/** An empty match asks for presence. */
function headerMatch(value: StringMatch): JsonObject {
  return "present" in value ? {} : value;
}

function queryMatch(value: StringMatch): JsonObject {
  return "present" in value ? { regex: ".*" } : value;
}
