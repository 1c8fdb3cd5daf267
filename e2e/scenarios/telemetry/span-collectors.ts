import { type Scenario, telemetry } from "../scenario.ts";
import { collectedAt, collector } from "./telling.ts";

/** Clients whose proxies report to a kind of collector each, at a port of its own. */
const clients = [
  ["front", "shop", "otel", 4317],
  ["back", "office", "datadog", 8126],
  ["aside", "office", "lightstep", 4319],
  ["web-v1", "shop", "skywalking", 11800],
  ["web-v2", "shop", "jaeger", 9411],
] as const;

export const spanCollectors: Scenario = {
  title: "spans go to collectors that speak as OpenTelemetry, Datadog, Lightstep, SkyWalking and Jaeger do",
  proves: ["TelemetryPolicy.tracing.provider.type", "TelemetryPolicy.tracing.provider.host"],
  wishes: () =>
    clients.map(([name, namespace, type, port]) => {
      const place =
        type === "jaeger" ? { host: "collector.observe.svc.cluster.local" } : { service: collector };
      return telemetry({
        targets: [{ kind: "Workload", name, namespace }],
        tracing: { provider: { type, port, ...place }, sampling: 100, tags: { tag: { header: "x-tag" } } },
      });
    }),
  async inForce(scene) {
    const there = await Promise.all(clients.map(([name]) => scene.configured(name, "x-tag")));
    return there.every(Boolean);
  },
  async check(scene) {
    const tags = clients.map(([from, , , port]) => ({ from, port, tag: scene.newTag() }));
    await Promise.all(tags.map(({ from, tag }) => scene.many(5, { from, tag })));
    await Promise.all(tags.map(({ port, tag }) => collectedAt(scene, port, tag)));
  },
};
