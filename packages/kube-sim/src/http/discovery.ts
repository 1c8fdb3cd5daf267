import { asString, type Json, type JsonObject } from "../json/json.ts";
import { joinApiVersion } from "../json/kube-object.ts";
import type { Registry } from "../resources/registry.ts";
import type { Resource, ResourceVersion, Subresource } from "../resources/resource.ts";
import { reviews } from "./reviews.ts";

export const serverVersion: JsonObject = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.3+sim",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "",
  compiler: "node",
  platform: `${process.platform}/${process.arch}`,
};

/** Kubernetes' order of versions: stable before beta before alpha, higher before lower. */
export function compareVersions(a: string, b: string): number {
  const rank = (version: string): number[] => {
    const found = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
    if (found === null) return [-1, 0, 0];
    return [
      found[2] === undefined ? 2 : found[2] === "beta" ? 1 : 0,
      Number(found[1]),
      Number(found[3] ?? 0),
    ];
  };
  const [left, right] = [rank(a), rank(b)];
  for (const [index, value] of left.entries()) if (value !== right[index]) return (right[index] ?? 0) - value;
  return a < b ? -1 : 1;
}

/** The resources of each group and version, in the order of preference. */
function groupVersions(registry: Registry): Map<string, string[]> {
  const groups = new Map<string, Set<string>>();
  for (const { group, versions } of [...registry.all(), ...reviews]) {
    const known = groups.get(group) ?? new Set<string>();
    groups.set(group, known);
    for (const version of versions.keys()) known.add(version);
  }
  return new Map([...groups].map(([group, versions]) => [group, [...versions].sort(compareVersions)]));
}

function* resourcesOf(
  registry: Registry,
  group: string,
  version: string,
): Generator<[Resource, ResourceVersion]> {
  for (const resource of [...registry.all(), ...reviews]) {
    const found = resource.versions.get(version);
    if (resource.group === group && found !== undefined) yield [resource, found];
  }
}

function apiGroup(name: string, versions: readonly string[]): JsonObject {
  const listed = versions.map((version) => ({ groupVersion: joinApiVersion(name, version), version }));
  return { name, versions: listed, preferredVersion: listed[0] ?? null };
}

/** The document at a discovery path, or undefined where there is none. */
export function discovery(registry: Registry, path: string, aggregated: boolean): Json | undefined {
  const [root, ...rest] = path.split("/").filter((part) => part !== "");
  const groups = groupVersions(registry);
  if (root === "api") {
    const [version] = rest;
    if (version !== undefined) return version === "v1" ? resourceList(registry, "", "v1") : undefined;
    if (aggregated) return aggregate(registry, new Map([["", ["v1"]]]));
    return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
  }
  if (root !== "apis") return undefined;
  groups.delete("");
  const [group, version] = rest;
  if (group === undefined) {
    if (aggregated) return aggregate(registry, groups);
    const list = [...groups].map(([name, versions]) => apiGroup(name, versions));
    return { kind: "APIGroupList", apiVersion: "v1", groups: list };
  }
  const versions = groups.get(group);
  if (versions === undefined) return undefined;
  if (version === undefined) return { kind: "APIGroup", apiVersion: "v1", ...apiGroup(group, versions) };
  return versions.includes(version) ? resourceList(registry, group, version) : undefined;
}

function resourceList(registry: Registry, group: string, version: string): JsonObject {
  const resources = [...resourcesOf(registry, group, version)].flatMap(([resource, found]) => {
    const { plural, singular, namespaced, kind, verbs, shortNames, categories } = resource;
    const own: JsonObject = { name: plural, singularName: singular, namespaced, kind, verbs: [...verbs] };
    if (shortNames.length > 0) own["shortNames"] = [...shortNames];
    if (categories.length > 0) own["categories"] = [...categories];
    const below = found.subresources.map((item) => ({
      name: `${plural}/${item.name}`,
      singularName: "",
      namespaced,
      ...foreignKind(item),
      kind: item.kind,
      verbs: [...item.verbs],
    }));
    return [own, ...below];
  });
  return {
    kind: "APIResourceList",
    ...(group === "" ? {} : { apiVersion: "v1" }),
    groupVersion: joinApiVersion(group, version),
    resources: resources.sort((a, b) => (asString(a["name"]) < asString(b["name"]) ? -1 : 1)),
  };
}

const foreignKind = ({ group, version }: Subresource): { group?: string; version?: string } => ({
  ...(group === undefined ? {} : { group }),
  ...(version === undefined ? {} : { version }),
});

/** Built-in kinds leave out what the group above says already. */
const ownKind = ({ custom, group }: Resource, version: string): { group: string; version: string } =>
  custom ? { group, version } : { group: "", version: "" };

function aggregate(registry: Registry, groups: ReadonlyMap<string, readonly string[]>): JsonObject {
  const items = [...groups].map(([name, versions]) => ({
    metadata: name === "" ? {} : { name },
    versions: versions.map((version) => ({
      version,
      resources: [...resourcesOf(registry, name, version)].map(([resource, found]) => ({
        resource: resource.plural,
        responseKind: { ...ownKind(resource, version), kind: resource.kind },
        scope: resource.namespaced ? "Namespaced" : "Cluster",
        singularResource: resource.singular,
        verbs: [...resource.verbs],
        ...(resource.shortNames.length > 0 ? { shortNames: [...resource.shortNames] } : {}),
        ...(resource.categories.length > 0 ? { categories: [...resource.categories] } : {}),
        subresources: found.subresources.map((item) => ({
          subresource: item.name,
          responseKind: { ...ownKind(resource, version), ...foreignKind(item), kind: item.kind },
          verbs: [...item.verbs],
        })),
      })),
      freshness: "Current",
    })),
  }));
  return { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", metadata: {}, items };
}
