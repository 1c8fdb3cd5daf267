import type { MeshFact } from "@heddle/api";
import type { Json } from "@heddle/core";

/** Kinds of extension providers of MeshConfig that take logs, metrics or spans (istio.io/latest/docs/reference/config/istio.mesh.v1alpha1). */
export const providerTypes = [
  "envoyFileAccessLog",
  "envoyOtelAls",
  "envoyHttpAls",
  "prometheus",
  "zipkin",
  "opentelemetry",
  "datadog",
  "skywalking",
] as const;
export type ProviderType = (typeof providerTypes)[number];

/** An extension provider of MeshConfig, without what could be a secret. */
export interface ExtensionProvider {
  readonly name: string;
  readonly type: ProviderType;
  /** Host of its service, without the namespace that may stand before it. */
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly maxTagLength?: number;
  /** `logFormat` as it is written. */
  readonly format?: Json;
}

/** Names of the providers that MeshConfig leads to where nobody says otherwise. */
export interface DefaultProviders {
  readonly accessLogging: readonly string[];
  readonly metrics: readonly string[];
  readonly tracing: readonly string[];
}

/** Of every mesh, unless MeshConfig gives these names another meaning (pkg/config/mesh, DefaultMeshConfig). */
const builtIn: readonly ExtensionProvider[] = [
  { name: "prometheus", type: "prometheus" },
  { name: "envoy", type: "envoyFileAccessLog", path: "/dev/stdout" },
];

/** The providers of a MeshConfig that Heddle can lead telemetry to; entries that are none are passed over. */
export function extensionProvidersIn(meshConfig: Readonly<Record<string, unknown>>): ExtensionProvider[] {
  const entries = meshConfig["extensionProviders"];
  return (Array.isArray(entries) ? entries : []).flatMap((entry: unknown): ExtensionProvider[] => {
    if (!isMap(entry) || typeof entry["name"] !== "string") return [];
    const type = providerTypes.find((candidate) => candidate in entry);
    if (type === undefined) return [];
    const said = isMap(entry[type]) ? entry[type] : {};
    const { service, port, path, maxTagLength, logFormat } = said;
    return [
      {
        name: entry["name"],
        type,
        ...(typeof service === "string" && { host: service.slice(service.indexOf("/") + 1) }),
        ...(typeof port === "number" && { port }),
        ...(typeof path === "string" && { path }),
        ...(typeof maxTagLength === "number" && { maxTagLength }),
        ...(isMap(logFormat) && { format: logFormat as Json }),
      },
    ];
  });
}

/** `defaultProviders` of a MeshConfig. */
export function defaultProvidersIn(meshConfig: Readonly<Record<string, unknown>>): DefaultProviders {
  const said = isMap(meshConfig["defaultProviders"]) ? meshConfig["defaultProviders"] : {};
  const names = (of: unknown) =>
    (Array.isArray(of) ? of : []).filter((name): name is string => typeof name === "string");
  return {
    accessLogging: names(said["accessLogging"]),
    metrics: names(said["metrics"]),
    tracing: names(said["tracing"]),
  };
}

/** Where the proxies of a mesh tell things if no policy says where. */
export function defaultProvidersOf({ settings }: MeshFact): DefaultProviders {
  const text = settings["defaultProviders"];
  return text === undefined
    ? { accessLogging: [], metrics: [], tracing: [] }
    : (JSON.parse(text) as DefaultProviders);
}

/** The providers that discovery found in a mesh, with Istio's own; each name once. */
export function extensionProvidersOf({ settings }: MeshFact): readonly ExtensionProvider[] {
  const text = settings["extensionProviders"] ?? "[]";
  if (text !== last.text) {
    const found = JSON.parse(text) as ExtensionProvider[];
    const names = new Set(found.map(({ name }) => name));
    last = { text, providers: [...found, ...builtIn.filter(({ name }) => !names.has(name))] };
  }
  return last.providers;
}

/** Units of one mesh are translated in a row. */
let last: { readonly text: string; readonly providers: readonly ExtensionProvider[] } = {
  text: "",
  providers: builtIn,
};

/** What discovery keeps of a MeshConfig for translation, as settings of the mesh. */
export function providerSettings(meshConfig: Readonly<Record<string, unknown>>): Record<string, string> {
  const [providers, defaults] = [extensionProvidersIn(meshConfig), defaultProvidersIn(meshConfig)];
  return {
    ...(providers.length > 0 && { extensionProviders: JSON.stringify(providers) }),
    ...(Object.values(defaults).some((names) => names.length > 0) && {
      defaultProviders: JSON.stringify(defaults),
    }),
  };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
