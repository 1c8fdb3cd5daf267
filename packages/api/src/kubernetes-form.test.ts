import { expect, it } from "vitest";
import { fromKubernetes, toKubernetes } from "./kubernetes-form.ts";
import { validateManifest } from "./manifest.ts";

const spec = { defaults: {} };

it("keeps a workspace as namespace, there and back", () => {
  const manifest = {
    apiVersion: "heddle.io/v1alpha1",
    kind: "TrafficPolicy",
    metadata: { name: "a", workspace: "shop" },
    spec,
  };
  const object = toKubernetes(manifest);
  expect(object).toMatchObject({ metadata: { name: "a", namespace: "shop" } });
  const read = fromKubernetes({
    ...object,
    metadata: { name: "a", namespace: "shop", managedFields: [], uid: "x" },
  });
  expect(read).toEqual(manifest);
  expect(validateManifest(read).findings).toEqual([]);
});

it("has no namespace for the fleet's kinds", () => {
  const cluster = { apiVersion: "heddle.io/v1alpha1", kind: "Cluster", metadata: { name: "a" }, spec: {} };
  expect(toKubernetes(cluster)).toEqual(cluster);
});
