import type { ObjectName } from "@heddle/api";
import {
  type ConnectionForClients,
  canonicalJson,
  type EffectiveConnection,
  type EffectiveSettings,
  type Labels,
  type Provenance,
  shortHash,
  type TranslationBuilder,
  type UnitContext,
  type VerdictLevel,
} from "@heddle/core";
import { apiVersionOf } from "../api-versions.ts";
import { notByPort, trafficPolicyOf } from "./traffic-policy.ts";

/** What DestinationRules are about: a host, and where the rule for every client stands. */
export interface Called {
  readonly namespace: string;
  readonly name: string;
  readonly host: string;
  /** Namespaces that can see it; all unless set. */
  readonly exportTo?: readonly string[];
  /** All its ports are known to speak HTTP. */
  readonly onlyHttp?: boolean;
  /** Some of its pods run the mesh's proxies. */
  readonly meshed?: boolean;
}

/** One DestinationRule of a host: for every client, or for (labelled) clients of one namespace. */
interface Place {
  readonly object: ObjectName;
  readonly exportTo: readonly string[] | undefined;
  readonly selector: Labels | undefined;
  readonly of: ConnectionForClients | undefined;
}

/**
 * DestinationRules of a host, the one for every client first. A client's namespace comes before the service's and replaces it whole, so
 * every one must have all subsets; where clients are told apart by label, the others of their namespace need one of their own.
 */
function placesOf(
  called: Called,
  connection: EffectiveConnection | undefined,
  context: Pick<UnitContext, "mesh">,
): Place[] {
  const apiVersion = apiVersionOf(context.mesh, "networking.istio.io");
  const object = (namespace: string, name: string): ObjectName => ({
    apiVersion,
    kind: "DestinationRule",
    namespace,
    name,
  });
  const classes = connection?.classes ?? [];
  const everyone = classes.at(-1);
  const told = classes.slice(0, -1).filter(({ clients }) => clients.serviceAccounts === undefined);
  const namespaces = new Set(told.flatMap(({ clients }) => clients.namespaces ?? []));
  namespaces.delete(called.namespace);
  return [
    {
      object: object(called.namespace, called.name),
      exportTo: called.exportTo,
      selector: undefined,
      of: everyone,
    },
    ...[...namespaces].sort().flatMap((namespace) => {
      const here = told.filter(({ clients }) => clients.namespaces?.includes(namespace));
      const name = `${called.name}.${called.namespace}`;
      const labelled = here.flatMap((of) => {
        const selector = of.clients.labels;
        if (selector === undefined) return [];
        const object_ = object(namespace, `${name}.${shortHash(canonicalJson(selector))}`);
        return [{ object: object_, exportTo: ["."], selector, of }];
      });
      const rest = here.find(({ clients }) => clients.labels === undefined) ?? everyone;
      return [
        ...labelled,
        { object: object(namespace, name), exportTo: ["."], selector: undefined, of: rest },
      ];
    }),
  ];
}

/** Connection policies as `trafficPolicy` of each DestinationRule of the host. */
export function translateConnection(
  called: Called,
  connection: EffectiveConnection | undefined,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  if (connection === undefined) return;
  for (const [index, place] of placesOf(called, connection, context).entries()) {
    const { object, exportTo, selector, of } = place;
    if (of === undefined) continue;
    const policy = trafficPolicyOf(
      meetsProxies(called, of) ? withoutProxyProtocol(of) : of,
      of.ports,
      context,
    );
    const from = sourcesOf(of);
    if (from.length === 0 || (index === 0 && Object.keys(policy).length === 0)) continue;
    out.object(object, from, {
      "spec.host": called.host,
      "spec.exportTo": exportTo ?? null,
      "spec.workloadSelector": selector === undefined ? null : { matchLabels: selector },
      "spec.trafficPolicy": Object.keys(policy).length === 0 ? null : policy,
    });
  }
  for (const group of connection.classes) tellUnsaid(called, group, out);
}

/** Writes a subset to every DestinationRule of the host. */
export function writeSubset(
  called: Called,
  subset: { readonly name: string; readonly labels: Labels },
  connection: EffectiveConnection | undefined,
  context: UnitContext,
  from: readonly Provenance[],
  out: TranslationBuilder,
  home: string,
): void {
  for (const { object, exportTo } of placesOf(called, connection, context)) {
    out.object(object, from, { "spec.host": called.host, "spec.exportTo": exportTo ?? null }, home);
    out.item(object, from, "spec.subsets", subset.name, { name: subset.name, labels: subset.labels }, home);
  }
}

function sourcesOf(of: ConnectionForClients): Provenance[] {
  return [of, ...of.ports.values()].flatMap(({ sources }) => [...sources.values()]);
}

/** Verdicts that only the whole of what was said can tell. */
function tellUnsaid(called: Called, of: ConnectionForClients, out: TranslationBuilder): void {
  const say = (field: string, settings: EffectiveSettings, how: string) => {
    for (const [held, from] of settings.sources)
      if (held === field || held.startsWith(`${field}.`)) out.verdict(from, "unsupported", how);
  };
  const { namespaces, labels, serviceAccounts } = of.clients;
  const refuse = (level: VerdictLevel, how: string) => {
    for (const resource of of.because) out.verdict({ resource, path: "spec" }, level, how);
  };
  if (serviceAccounts !== undefined) refuse("unsupported", "left out for clients that cannot be told apart");
  if (labels !== undefined && namespaces === undefined)
    refuse("unsupported", "a workloadSelector selects within one namespace: name the clients' namespaces");
  if (namespaces?.includes(called.namespace))
    refuse(
      namespaces.length === 1 ? "unsupported" : "approximated",
      `not for clients in ${called.namespace}, where the service is: a DestinationRule there would hold for every client`,
    );
  for (const settings of of.ports.values())
    for (const field of notByPort) say(field, onlyByPort(settings, of), "Istio takes it for all ports only");
  if (meetsProxies(called, of))
    say(
      "proxyProtocol",
      of,
      "left out: the mesh's proxies at the pods do not read it, and every request would fail; with a tls.mode other than mesh it is written",
    );
  if (called.onlyHttp)
    say("tunnel", of, "Istio leads TCP and TLS through tunnels, and all ports here are HTTP");
  for (const settings of [of, ...of.ports.values()]) {
    tellUnused(settings, (field, how) => say(field, settings, how));
    const { algorithm = "ringHash", hash } = settings.settings.loadBalancer ?? {};
    const maglev = algorithm === "maglev";
    const hashed = hash !== undefined && (maglev || algorithm === "ringHash");
    const unused = ["hash", "ringSize", "tableSize"].filter(
      (field) => !hashed || field === (maglev ? "ringSize" : "tableSize"),
    );
    for (const field of unused)
      say(
        `loadBalancer.${field}`,
        settings,
        hash === undefined
          ? "has no effect without hash"
          : `has no effect with ${maglev ? "maglev" : algorithm}`,
      );
  }
}

/** Whether a PROXY header would meet proxies of the mesh, which expect their own TLS. */
function meetsProxies({ meshed }: Called, { settings: { proxyProtocol, tls } }: EffectiveSettings): boolean {
  const said = proxyProtocol !== undefined && proxyProtocol !== "none";
  return said && Boolean(meshed) && (tls === undefined || tls.mode === "mesh");
}

function withoutProxyProtocol(of: EffectiveSettings): EffectiveSettings {
  return { ...of, settings: { ...of.settings, proxyProtocol: "none" } };
}

/** What has no effect beside what else is said, or without it. */
function tellUnused({ settings }: EffectiveSettings, say: (field: string, how: string) => void): void {
  const { loadBalancer, outlierDetection } = settings;
  const { algorithm, locality } = loadBalancer ?? {};
  if (locality !== undefined && locality.enabled !== false && !locality.distribute && !outlierDetection)
    say(
      "loadBalancer.locality",
      "has no effect without outlierDetection: Istio would not know when to fail over",
    );
  if (algorithm !== undefined && algorithm !== "roundRobin" && algorithm !== "leastRequest")
    say("loadBalancer.warmup", `has no effect with ${algorithm}`);
}

function onlyByPort(settings: EffectiveSettings, everywhere: EffectiveSettings): EffectiveSettings {
  const own = [...settings.sources].filter(
    ([field, from]) => everywhere.sources.get(field)?.resource !== from.resource,
  );
  return { settings: settings.settings, sources: new Map(own) };
}
