import { type Resource, type ResourceKey, resourceKey } from "@heddle/api";
import { Engine } from "@heddle/core";
import { expect, it } from "vitest";
import { dialects } from "./index.ts";
import { changesOf, resourceOf } from "./testing/world-file.ts";

const wide = (workspace: string): Resource =>
  resourceOf(
    {
      kind: "RawConfig",
      name: "wide",
      workspace,
      spec: {
        dialect: "linkerd",
        manifest: {
          apiVersion: "gateway.networking.k8s.io/v1",
          kind: "GatewayClass",
          metadata: { name: "wide" },
        },
      },
    },
    0,
  );

function engineWith(...resources: readonly Resource[]): Engine {
  const engine = new Engine(dialects);
  engine.apply([
    ...changesOf("{ clusters: { west: { mesh: linkerd 2.18.0 } }, resources: [] }"),
    ...resources.map((resource) => ({ kind: "resource", key: resourceKey(resource), resource }) as const),
  ]);
  return engine;
}

it("writes what has no namespace for the administrator only, in a bundle of its own", () => {
  expect([...engineWith(wide("default")).bundles("west")].map(([id, { objects }]) => [id, objects])).toEqual([
    ["raw/default/wide", ["gateway.networking.k8s.io/v1|GatewayClass||wide"]],
  ]);
  expect(engineWith(wide("team")).bundles("west").size).toBe(0);
});

it("takes the object away with the resource, or when the mesh is no longer one that it is for", () => {
  const key: ResourceKey = "RawConfig/default/wide";
  const gone = new Map([["west", { upserts: [], removes: ["raw/default/wide"] }]]);
  expect(engineWith(wide("default")).apply([{ kind: "resource", key, resource: undefined }])).toEqual(gone);
  const engine = engineWith(wide("default"));
  const [mesh] = engine.world.clusters.get("west")?.meshes.values() ?? [];
  if (mesh === undefined) throw new Error("the world has no mesh");
  const delta = { full: false, upserts: [{ ...mesh, dialect: "istio" as const }], deletes: [] };
  expect(engine.apply([{ kind: "inventory", cluster: "west", delta }])).toEqual(gone);
});
