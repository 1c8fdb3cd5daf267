import { type Scenario, telemetry } from "../scenario.ts";
import { collectedAt, collector } from "./telling.ts";

export const logCollectors: Scenario = {
  title: "proxies send their access logs to an OpenTelemetry collector and to Envoy's access log service",
  proves: [
    "TelemetryPolicy.accessLogs.providers.name",
    "TelemetryPolicy.accessLogs.providers.type",
    "TelemetryPolicy.accessLogs.providers.service",
    "TelemetryPolicy.accessLogs.providers.host",
    "TelemetryPolicy.accessLogs.providers.port",
  ],
  wishes: (target) => [
    telemetry({
      targets: [target],
      accessLogs: {
        providers: [
          { name: "logs", type: "otel", service: collector, port: 4317 },
          { name: "als", type: "als", host: "collector.observe.svc.cluster.local", port: 9000 },
        ],
      },
    }),
  ],
  inForce: (scene) => scene.configured("vault", '"cluster_name": "outbound|4317||collector'),
  async check(scene) {
    const tag = scene.newTag();
    await scene.one({ tag });
    await collectedAt(scene, 4317, tag);
    await collectedAt(scene, 9000, tag);
  },
};
