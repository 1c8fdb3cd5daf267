import { describe, expect, it } from "vitest";
import { parseManifests } from "./manifest.ts";
import { clusterSelections, references } from "./references.ts";

function of(kind: string, spec: string): string[] {
  const text = `{apiVersion: heddle.io/v1alpha1, kind: ${kind}, metadata: {name: a}, spec: ${spec}}`;
  return parseManifests([{ file: "f", text }]).manifests.flatMap((manifest) =>
    references(manifest).map(({ kind: to, name, namespace, workspace, path }) =>
      [to, workspace, namespace, `${name}@${path}`].filter((part) => part !== undefined).join("/"),
    ),
  );
}

describe("references", () => {
  it("names targets by name only, destinations and clusters", () => {
    expect(
      of(
        "TrafficPolicy",
        "{targets: [{name: a, namespace: b, clusters: [c]}, {labels: {x: y}}], rules: [{split: [{cluster: d, destination: {kind: VirtualDestination, name: e}}], mirror: [{destination: {name: f, namespace: g}}]}]}",
      ),
    ).toEqual([
      "Service/b/a@spec.targets[0]",
      "Namespace/b@spec.targets[0].namespace",
      "Cluster/c@spec.targets[0].clusters[0]",
      "VirtualDestination/e@spec.rules[0].split[0].destination",
      "Cluster/d@spec.rules[0].split[0].cluster",
      "Service/g/f@spec.rules[0].mirror[0].destination",
      "Namespace/g@spec.rules[0].mirror[0].destination.namespace",
    ]);
  });

  it("finds them in unions and leaves out *", () => {
    expect(
      of(
        "TrustAnchor",
        "{source: vault, vault: {address: 'https://v', auth: {appRole: {roleId: r, secretIdRef: {name: s}}}}}",
      ),
    ).toEqual(["Secret/s@spec.vault.auth.appRole.secretIdRef"]);
    expect(
      of("Workspace", '{owns: [{namespaces: [a]}], imports: [{workspace: "*"}, {workspace: w}]}'),
    ).toEqual(["Namespace/a@spec.owns[0].namespaces[0]", "Workspace/w@spec.imports[1].workspace"]);
    expect(
      of("RouteTable", "{rules: [{delegate: {name: t, workspace: w}}, {delegate: {labels: {a: b}}}]}"),
    ).toEqual(["RouteTable/w/t@spec.rules[0].delegate", "Workspace/w@spec.rules[0].delegate.workspace"]);
  });

  it("says where the name itself is written", () => {
    const spec = { targets: [{ kind: "Service", name: "a", namespace: "b" }], rules: [] };
    expect(references({ kind: "TrafficPolicy", spec }).map(({ namePath }) => namePath)).toEqual([
      "spec.targets[0].name",
      "spec.targets[0].namespace",
    ]);
  });
});

it("finds every selection of clusters by label", () => {
  const spec = {
    dialect: "istio",
    version: "1.30.0",
    clusterLabels: { tier: "prod" },
    overrides: [{ clusterLabels: { region: "eu" }, values: { clusterLabels: { not: "one" } } }],
    upgrade: { batches: [{ percent: 10 }, { clusterLabels: { canary: "yes" } }] },
  };
  expect(clusterSelections({ kind: "MeshInstallation", spec })).toEqual([
    { labels: { tier: "prod" }, path: "spec.clusterLabels" },
    { labels: { region: "eu" }, path: "spec.overrides[0].clusterLabels" },
    { labels: { canary: "yes" }, path: "spec.upgrade.batches[1].clusterLabels" },
  ]);
});
