import { expect } from "vitest";
import { type Scenario, telemetry } from "../scenario.ts";
import { collectedAt, collector } from "./telling.ts";

interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly kind: string;
  readonly tags: Readonly<Record<string, string>>;
}

export const spans: Scenario = {
  title: "the proxies of a client and of a server report one trace, with the tags that are asked for",
  proves: [
    "TelemetryPolicy.tracing.provider.type",
    "TelemetryPolicy.tracing.provider.service",
    "TelemetryPolicy.tracing.provider.port",
    "TelemetryPolicy.tracing.sampling",
    "TelemetryPolicy.tracing.tags",
    "TelemetryPolicy.tracing.maxTagLength",
  ],
  wishes: () => [
    telemetry({
      targets: [{ kind: "Mesh" }],
      tracing: {
        provider: { type: "zipkin", service: collector, port: 9411 },
        sampling: 100,
        maxTagLength: 40,
        tags: {
          tag: { header: "x-tag" },
          missing: { header: "x-missing", default: "nothing" },
          told: { literal: "by Heddle" },
          pod: { environment: "POD_NAME" },
        },
      },
    }),
  ],
  inForce: async (scene) =>
    (await scene.configured("vault", "x-missing")) && (await scene.configured("front", "x-missing")),
  async check(scene) {
    const tag = scene.newTag();
    await scene.one({ tag, path: `/${"long".repeat(20)}` });
    const of = async () =>
      (await collectedAt(scene, 9411, tag))
        .flatMap(({ body }) => JSON.parse(body) as ZipkinSpan[])
        .filter(({ tags }) => tags["tag"] === tag);
    await expect.poll(async () => (await of()).length, { timeout: 15_000 }).toBe(2);
    const found = await of();
    const [client, server] = ["CLIENT", "SERVER"].map((kind) => found.find((span) => span.kind === kind));
    expect(server?.traceId).toBe(client?.traceId);
    expect(client?.tags).toMatchObject({ missing: "nothing", told: "by Heddle", pod: "front" });
    expect(server?.tags).toMatchObject({ missing: "nothing", told: "by Heddle", pod: "vault" });
    expect(client?.tags["http.url"]).toContain("longlong");
    expect(client?.tags["http.url"]).not.toContain("long".repeat(12));
  },
};
