import { describe, expect, it } from "vitest";
import { parseManifests } from "./manifest.ts";
import { references } from "./references.ts";

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
      "Cluster/c@spec.targets[0].clusters[0]",
      "VirtualDestination/e@spec.rules[0].split[0].destination",
      "Cluster/d@spec.rules[0].split[0].cluster",
      "Service/g/f@spec.rules[0].mirror[0].destination",
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
    ).toEqual(["Workspace/w@spec.imports[1].workspace"]);
    expect(
      of("RouteTable", "{rules: [{delegate: {name: t, workspace: w}}, {delegate: {labels: {a: b}}}]}"),
    ).toEqual(["RouteTable/w/t@spec.rules[0].delegate", "Workspace/w@spec.rules[0].delegate.workspace"]);
  });
});
