import {
  durationMs,
  type HeaderChanges,
  type RouteMatch,
  type Split,
  type StringMatch,
  type TrafficRule,
} from "@heddle/api";
import type { EffectiveRule, Json, JsonObject, Knobs, Provenance } from "@heddle/core";

/** Turns a backend into a Destination (`host`, `subset`, `port`) and notes the subset it needs. */
export type ToDestination = (
  backend: Pick<Split, "destination" | "cluster" | "version" | "subset" | "port">,
) => JsonObject & { readonly host: string };

/** One HTTPRoute entry of a VirtualService, without its match. */
export function routeOf(
  rule: EffectiveRule,
  toDestination: ToDestination,
  skip: (from: Provenance) => boolean,
): JsonObject {
  const { action, knobs } = rule;
  const set = <K extends keyof Knobs>(name: K): NonNullable<Knobs[K]>["value"] | undefined => {
    const knob = knobs[name];
    return knob === undefined || skip(knob.from) ? undefined : knob.value;
  };
  const [rewrite, timeout, fault, mirror] = [
    set("rewrite"),
    set("timeout.request"),
    set("fault"),
    set("mirror"),
  ];
  const { retries } = knobs;
  const [cors, headers] = [set("cors"), set("headers")];
  const forwards = action.kind === "forward" || action.kind === "split";
  return {
    name: rule.name,
    ...actionFields(action, toDestination),
    ...(rewrite && forwards && { rewrite: rewriteOf(rewrite, rule.match) }),
    ...(timeout !== undefined && durationMs(timeout) > 0 && forwards && { timeout }),
    ...(retries !== undefined && forwards && { retries: retriesOf(retries, skip) }),
    ...(fault && forwards && { fault: faultOf(fault) }),
    ...(mirror &&
      forwards && {
        mirrors: mirror.map((to) => ({ destination: toDestination(to), percentage: { value: to.percent } })),
      }),
    ...(cors && { corsPolicy: corsOf(cors) }),
    ...(headers && { headers: headersOf(headers) }),
  };
}

function actionFields(action: EffectiveRule["action"], toDestination: ToDestination): JsonObject {
  switch (action.kind) {
    case "forward":
      return { route: [{ destination: toDestination({}) }] };
    case "split": {
      const several = action.split.length > 1;
      return {
        route: action.split.map((backend) => ({
          destination: toDestination(backend),
          ...(several && { weight: backend.weight }),
          ...(backend.headers && { headers: headersOf(backend.headers) }),
        })),
      };
    }
    case "redirect": {
      const { scheme, host, port, path, prefix, code } = action.redirect;
      return {
        redirect: {
          ...(scheme && { scheme }),
          ...(host && { authority: host }),
          ...(port !== undefined && { port }),
          ...(path && { uri: path }),
          ...(prefix && { prefixRewrite: prefix }),
          redirectCode: code,
        },
      };
    }
    case "directResponse": {
      const { status, body } = action.directResponse;
      return { directResponse: { status, ...(body !== undefined && { body: { string: body } }) } };
    }
  }
}

/**
 * With a segment prefix the rule matches `/p` and `/p/…`; replacing by regular expression keeps the slash right in both, which
 * `rewrite.uri` (a replacement of the matched text) would not.
 */
function rewriteOf(
  rewrite: NonNullable<TrafficRule["rewrite"]>,
  match: readonly RouteMatch[] | undefined,
): JsonObject {
  const host: JsonObject = rewrite.host === undefined ? {} : { authority: rewrite.host };
  if (rewrite.path !== undefined)
    return { ...host, uriRegexRewrite: { match: "^[^?]*", rewrite: rewrite.path } };
  if (rewrite.regex !== undefined)
    return { ...host, uriRegexRewrite: { match: rewrite.regex.match, rewrite: rewrite.regex.substitute } };
  if (rewrite.prefix === undefined) return host;
  const prefixes = (match ?? []).flatMap(({ path }) =>
    path && "prefix" in path ? [path.prefix.replace(/\/+$/, "")] : [],
  );
  const pattern = match?.some(({ path }) => path?.ignoreCase)
    ? (text: string) => `(?i:${escapeRegex(text)})`
    : escapeRegex;
  const from = [...new Set(prefixes)].sort((a, b) => b.length - a.length).map(pattern);
  const to = rewrite.prefix.replace(/\/+$/, "");
  const rest = to === "" ? { pattern: "/?(.*)", text: "/\\1" } : { pattern: "(/.*)?", text: `${to}\\1` };
  return {
    ...host,
    uriRegexRewrite: { match: `^(?:${from.join("|")})${rest.pattern}$`, rewrite: rest.text },
  };
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** `attempts: 0` stands alone; Istio refuses it together with other fields. `retryOn` must not have spaces. */
function retriesOf(
  { value: retries, from }: NonNullable<Knobs["retries"]>,
  skip: (from: Provenance) => boolean,
): JsonObject {
  if (retries === false || retries.attempts === 0) return { attempts: 0 };
  return {
    attempts: retries.attempts,
    ...(retries.perTryTimeout && { perTryTimeout: retries.perTryTimeout }),
    ...(retries.on && { retryOn: retries.on.join(",") }),
    ...(retries.backoff && !skip({ ...from, path: `${from.path}.backoff` }) && { backoff: retries.backoff }),
  };
}

function faultOf(fault: Exclude<NonNullable<TrafficRule["fault"]>, false>): JsonObject {
  const { delay, abort } = fault;
  return {
    ...(delay && { delay: { fixedDelay: delay.duration, percentage: { value: delay.percent } } }),
    ...(abort && {
      abort: {
        ...(abort.httpStatus !== undefined && { httpStatus: abort.httpStatus }),
        ...(abort.grpcStatus !== undefined && { grpcStatus: abort.grpcStatus }),
        percentage: { value: abort.percent },
      },
    }),
  };
}

function corsOf(cors: Exclude<NonNullable<TrafficRule["cors"]>, false>): JsonObject {
  return {
    allowOrigins: cors.allowOrigins.map(
      (origin: StringMatch): Json => ("present" in origin ? { regex: ".*" } : origin),
    ),
    ...(cors.allowMethods && { allowMethods: cors.allowMethods }),
    ...(cors.allowHeaders && { allowHeaders: cors.allowHeaders }),
    ...(cors.exposeHeaders && { exposeHeaders: cors.exposeHeaders }),
    ...(cors.maxAge && { maxAge: cors.maxAge }),
    ...(cors.allowCredentials !== undefined && { allowCredentials: cors.allowCredentials }),
  };
}

function headersOf(changes: HeaderChanges): JsonObject {
  const side = (change: HeaderChanges["request"]): JsonObject => ({
    ...(change?.set && { set: change.set }),
    ...(change?.add && { add: change.add }),
    ...(change?.remove && { remove: change.remove }),
  });
  return {
    ...(changes.request && { request: side(changes.request) }),
    ...(changes.response && { response: side(changes.response) }),
  };
}
