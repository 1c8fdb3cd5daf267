import { expect, test } from "vitest";
import { meshOf } from "../testing/world-file.ts";
import { extensionProvidersIn, extensionProvidersOf } from "./extension-providers.ts";

test("nothing of a MeshConfig is kept that could be a secret", () => {
  const spans = { service: "observe/otel.observe.svc.cluster.local", port: 4317 };
  const found = extensionProvidersIn({
    extensionProviders: [
      {
        name: "spans",
        opentelemetry: { ...spans, grpc: { initialMetadata: [{ name: "token", value: "hidden" }] } },
      },
      { name: "walking", skywalking: { ...spans, accessToken: "hidden" } },
      { name: "zipkin", zipkin: { ...spans, headers: [{ name: "authorization", value: "hidden" }] } },
    ],
  });
  expect(JSON.stringify(found)).not.toContain("hidden");
  expect(found.map(({ name, host, port }) => [name, host, port])).toEqual(
    ["spans", "walking", "zipkin"].map((name) => [name, "otel.observe.svc.cluster.local", 4317]),
  );
});

test.each([
  [undefined],
  ["text"],
  [[null, 1, "a", {}, { name: 1 }, { name: "a" }, { name: "b", envoyExtAuthzGrpc: {} }]],
])("entries that are no providers of telemetry are passed over: %j", (extensionProviders) => {
  expect(extensionProvidersIn({ extensionProviders })).toEqual([]);
});

test("Istio's own are there unless MeshConfig gives their names another meaning", () => {
  const own = { name: "envoy", envoyFileAccessLog: { path: "/dev/stderr" } };
  const [first, second] = [meshOf("istio 1.30.3"), meshOf("istio 1.30.3", { extensionProviders: [own] })];
  const pathOf = (mesh: typeof first) =>
    extensionProvidersOf(mesh).find(({ name }) => name === "envoy")?.path;
  expect([pathOf(first), pathOf(second), pathOf(first)]).toEqual([
    "/dev/stdout",
    "/dev/stderr",
    "/dev/stdout",
  ]);
});
