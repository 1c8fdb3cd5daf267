/**
 * Writes `src/gen/builtins.json` from a real API server: its discovery and the structural part of its OpenAPI
 * schemas, for the kinds that the simulator has built in. Descriptions, formats and Go zero values are left out.
 *
 *     node dist/builtins/generate.js https://127.0.0.1:6443 TOKEN > src/gen/builtins.json
 */
import { request } from "node:https";
import { asArray, asObject, asString, isObject, type Json, type JsonObject, strings } from "../json/json.ts";

const wanted: Record<string, string[]> = {
  "api/v1": [
    "configmaps",
    "endpoints",
    "events",
    "limitranges",
    "namespaces",
    "nodes",
    "persistentvolumeclaims",
    "persistentvolumes",
    "pods",
    "resourcequotas",
    "secrets",
    "serviceaccounts",
    "services",
  ],
  "apis/apiextensions.k8s.io/v1": ["customresourcedefinitions"],
  "apis/apps/v1": ["daemonsets", "deployments", "replicasets", "statefulsets"],
  "apis/autoscaling/v2": ["horizontalpodautoscalers"],
  "apis/batch/v1": ["cronjobs", "jobs"],
  "apis/coordination.k8s.io/v1": ["leases"],
  "apis/discovery.k8s.io/v1": ["endpointslices"],
  "apis/networking.k8s.io/v1": ["ingressclasses", "ingresses", "networkpolicies"],
  "apis/policy/v1": ["poddisruptionbudgets"],
  "apis/rbac.authorization.k8s.io/v1": ["clusterrolebindings", "clusterroles", "rolebindings", "roles"],
  "apis/scheduling.k8s.io/v1": ["priorityclasses"],
  "apis/storage.k8s.io/v1": ["storageclasses"],
  "apis/admissionregistration.k8s.io/v1": [
    "mutatingwebhookconfigurations",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "validatingwebhookconfigurations",
  ],
};
const subresources = new Set(["status", "scale", "token", "finalize", "eviction"]);
const kept = [
  "type",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-map-type",
  "x-kubernetes-patch-merge-key",
  "x-kubernetes-patch-strategy",
] as const;

const [base, token] = process.argv.slice(2);

function fetchJson(path: string): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const options = { rejectUnauthorized: false, headers: { authorization: `Bearer ${token}` } };
    request(`${base}/${path}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as JsonObject));
    })
      .on("error", reject)
      .end();
  });
}

const shortName = (reference: string): string => reference.split(".").slice(-2).join(".");

/** One schema reduced; the names it refers to are added to `needed`. */
function reduce(schema: JsonObject, needed: Set<string>): JsonObject {
  const only = asArray(schema["allOf"])[0];
  const reference = asString(schema["$ref"]) || asString(asObject(only)["$ref"]);
  const out: JsonObject = {};
  if (reference !== "") {
    const full = reference.slice(reference.lastIndexOf("/") + 1);
    needed.add(full);
    out["$ref"] = shortName(full);
  }
  if (schema["oneOf"] !== undefined) out["x-kubernetes-int-or-string"] = true;
  for (const key of kept) if (schema[key] !== undefined) out[key] = schema[key];
  if (isObject(schema["items"])) out["items"] = withoutDefault(reduce(schema["items"], needed));
  if (isObject(schema["additionalProperties"])) {
    out["additionalProperties"] = withoutDefault(reduce(schema["additionalProperties"], needed));
  }
  if (isObject(schema["properties"])) {
    const required = strings(schema["required"]);
    out["properties"] = Object.fromEntries(
      Object.entries(schema["properties"]).map(([key, value]) => {
        const field = reduce(asObject(value), needed);
        // A Go slice that is always written is null when it is empty.
        return [
          key,
          field["type"] === "array" && required.includes(key) ? { ...field, default: null } : field,
        ];
      }),
    );
  }
  const initial = schema["default"];
  // Other defaults in the published schemas are Go zero values, which the server does not fill in.
  if (initial === "TCP" || (isObject(initial) && Object.keys(initial).length === 0)) out["default"] = initial;
  return out;
}

function withoutDefault(schema: JsonObject): JsonObject {
  const { default: _unused, ...rest } = schema;
  return rest;
}

const kinds: Json[] = [];
const schemas: JsonObject = {};
for (const [path, resources] of Object.entries(wanted)) {
  const document = await fetchJson(`openapi/v3/${path}`);
  const components = asObject(asObject(document["components"])["schemas"]);
  const groupVersion = path.split("/").slice(1);
  const version = groupVersion.at(-1) ?? "";
  const group = groupVersion.length > 1 ? (groupVersion[0] ?? "") : "";
  const listed = asArray((await fetchJson(path))["resources"]).map(asObject);
  const needed = new Set<string>();
  for (const plural of resources) {
    const entry = asObject(listed.find((item) => item["name"] === plural));
    const kind = asString(entry["kind"]);
    const schemaName = Object.keys(components).find((name) =>
      asArray(asObject(components[name])["x-kubernetes-group-version-kind"]).some((item) => {
        const gvk = asObject(item);
        return gvk["kind"] === kind && gvk["group"] === group && gvk["version"] === version;
      }),
    );
    needed.add(schemaName ?? "");
    kinds.push({
      group,
      version,
      kind,
      plural,
      singular: entry["singularName"] ?? "",
      namespaced: entry["namespaced"] ?? false,
      shortNames: entry["shortNames"] ?? [],
      categories: entry["categories"] ?? [],
      verbs: entry["verbs"] ?? [],
      schema: shortName(schemaName ?? ""),
      subresources: listed
        .filter((item) => asString(item["name"]).startsWith(`${plural}/`))
        .filter((item) => subresources.has(asString(item["name"]).split("/")[1] ?? ""))
        .map((item) => ({ ...item, name: asString(item["name"]).split("/")[1] ?? "" })),
    });
  }
  for (const name of needed) {
    schemas[shortName(name)] ??= reduce(asObject(components[name]), needed);
  }
}
process.stdout.write(`${JSON.stringify({ kinds, schemas }, null, 1)}\n`);
