import { kindByName, type ResourceKey, type ResourceOf } from "@heddle/api";
import { expect, it } from "vitest";
import { World } from "../world/world.ts";
import { effectiveRoutes } from "./effective-routes.ts";

type Table = ResourceOf<"RouteTable">;

function table(name: string, spec: object): Table {
  const metadata = {
    name,
    workspace: "default",
    labels: {},
    annotations: {},
    uid: name,
    generation: 1,
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
  };
  const parsed = kindByName("RouteTable")?.spec.parse(spec) as Table["spec"];
  return { apiVersion: "heddle.io/v1alpha1", kind: "RouteTable", metadata, spec: parsed };
}

function worldOf(tables: readonly Table[]): World {
  const world = new World();
  for (const each of tables)
    world.putResource(`RouteTable/default/${each.metadata.name}` satisfies ResourceKey, each);
  return world;
}

const answer = { directResponse: { status: 200 } };
const to = (name: string) => ({ match: [{ path: { prefix: "/" } }], delegate: { name } });

it("stays small where each of many tables delegates to the next many times", () => {
  const tables = Array.from({ length: 15 }, (_, level) =>
    table(`t${level}`, { rules: level === 14 ? [answer] : Array(50).fill(to(`t${level + 1}`)) }),
  );
  const [root] = tables;
  if (root === undefined) throw new Error("no table");
  const { rules, findings } = effectiveRoutes(worldOf(tables), root);
  expect(rules.length).toBeLessThan(60_000);
  expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(["TOO_MANY_ROUTES"]));
});

it("stays small where every match is joined with every other", () => {
  const wide = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      headers: [{ name: `h${index}`, value: { exact: "1" } }],
    }));
  const tables = [
    table("a", { rules: [{ match: wide(400), delegate: { name: "b" } }] }),
    table("b", { rules: [{ match: wide(400), ...answer }] }),
  ];
  const [root] = tables;
  if (root === undefined) throw new Error("no table");
  const { rules, findings } = effectiveRoutes(worldOf(tables), root);
  expect(rules.map(({ match }) => match?.length)).toEqual([400]);
  expect(findings.map(({ code, resource }) => `${code} ${resource}`)).toEqual([
    "TOO_MANY_ROUTES RouteTable/default/b",
  ]);
});
