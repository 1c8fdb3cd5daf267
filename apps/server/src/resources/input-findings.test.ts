import { type Finding, type ResourceKey, validateManifest } from "@heddle/api";
import { expect, it } from "vitest";
import { manifest } from "../testing/samples.ts";
import { caseEngine } from "../world-findings/cases/world.ts";
import { inputFindings } from "./input-findings.ts";

const administrator = { name: "admin", roles: ["admin"], workspaces: [] };

function told(inputs: readonly object[], deletes: readonly ResourceKey[] = []) {
  const engine = caseEngine(true);
  const fleet = { engine, resources: engine.world.resources };
  return inputFindings(
    { fleet, actor: administrator },
    inputs.map((input) => validateManifest(input)),
    deletes,
  );
}

const calls = (name: string) =>
  manifest("TrafficPolicy", "calls", {
    targets: [{ name: "reviews", namespace: "shop" }],
    rules: [{ split: [{ destination: { kind: "ExternalService", name } }] }],
  });
const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code);

it("says which manifest of the input, which resource, why, and what to do", () => {
  expect(told([calls("stripe"), calls("strpe")])).toEqual([
    {
      code: "REFERENCE_NOT_FOUND",
      severity: "warning",
      index: 1,
      resource: "TrafficPolicy/default/calls",
      path: "spec.rules[0].split[0].destination.name",
      reason: "no ExternalService `strpe` for workspace `default`; did you mean `stripe`?",
      remedy: "correct the name, or apply what it names",
    },
  ]);
});

it("does not call missing what the input has with mistakes of its own", () => {
  const broken = manifest("ExternalService", "fresh", { colour: "red" });
  expect(codes(told([calls("fresh")]))).toEqual(["REFERENCE_NOT_FOUND"]);
  expect(told([calls("fresh"), broken])).toEqual([]);
});

it("does not say of what the input changes that a deletion leaves it dangling", () => {
  const deleted: ResourceKey = "TrustAnchor/default/root";
  const federated = manifest("VirtualMesh", "everything", {
    members: [{ cluster: "eu-1" }],
    trust: { mode: "federated" },
  });
  expect(codes(told([], [deleted]))).toEqual(["STILL_REFERENCED"]);
  expect(told([federated], [deleted])).toEqual([]);
});

it("ends after as many as somebody reads, and says so", () => {
  const from = [{ clusters: Array.from({ length: 1_200 }, (_, index) => `nowhere-${index}`) }];
  const targets = [{ name: "reviews", namespace: "shop" }];
  const findings = told([manifest("AccessPolicy", "many", { action: "ALLOW", targets, from })]);
  expect(findings).toHaveLength(1_001);
  expect(findings.at(-1)).toMatchObject({ code: "TOO_MANY_FINDINGS", severity: "warning" });
});

it("stops looking for near names before an input keeps the server busy", () => {
  const engine = caseEngine(true);
  const upserts = Array.from({ length: 3_000 }, (_, index) => ({
    kind: "Destination" as const,
    namespace: "shop",
    name: `service-${index}`,
    labels: {},
    selector: {},
    ports: [],
    headless: false,
  }));
  engine.apply([{ kind: "inventory", cluster: "eu-1", delta: { full: false, upserts, deletes: [] } }]);
  const targets = Array.from({ length: 900 }, (_, index) => ({
    name: `servise-${index}`,
    namespace: "shop",
  }));
  const read = [
    manifest("AccessPolicy", "many", { action: "DENY", targets, from: [{ namespaces: ["shop"] }] }),
  ];
  const findings = inputFindings(
    { fleet: { engine, resources: engine.world.resources }, actor: administrator },
    read.map((input) => validateManifest(input)),
    [],
  );
  expect(findings).toHaveLength(900);
  expect(findings[0]?.reason).toContain("did you mean");
  expect(findings.at(-1)?.reason).not.toContain("did you mean");
});
