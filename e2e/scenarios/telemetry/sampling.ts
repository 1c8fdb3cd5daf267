import { expect } from "vitest";
import { type Scenario, telemetry } from "../scenario.ts";
import { collectedAt, collector } from "./telling.ts";

/** Clients that report their spans: all of them, none of them, and one whose reports are disabled. */
const clients = [
  ["front", "shop", { sampling: 100 }],
  ["back", "office", { sampling: 0 }],
  ["aside", "office", { disabled: true }],
] as const;

export const sampling: Scenario = {
  title:
    "of every request a span is reported where all are sampled, and of none where none is, or reports are disabled",
  proves: ["TelemetryPolicy.tracing.sampling", "TelemetryPolicy.tracing.disabled"],
  wishes: () => [
    telemetry({
      targets: [{ kind: "Mesh" }],
      tracing: {
        provider: { type: "zipkin", service: collector },
        sampling: 100,
        tags: { tag: { header: "x-tag" } },
      },
    }),
    ...clients.map(([name, namespace, tracing]) =>
      telemetry({ targets: [{ kind: "Workload", name, namespace }], tracing }),
    ),
    telemetry({
      targets: [{ kind: "Workload", name: "vault", namespace: "safe" }],
      tracing: { disabled: true },
    }),
  ],
  inForce: async (scene) =>
    (await scene.configured("front", "x-tag")) &&
    !(await scene.configured("vault", "x-tag")) &&
    !(await scene.configured("aside", "x-tag")),
  async check(scene) {
    const [silent, disabled, told] = [scene.newTag(), scene.newTag(), scene.newTag()];
    await scene.many(20, { from: "back", tag: silent });
    await scene.many(20, { from: "aside", tag: disabled });
    await scene.many(20, { from: "front", tag: told });
    const count = async (tag: string) =>
      (await scene.collected(tag)).reduce((sum, { body }) => sum + body.split(tag).length - 1, 0);
    await collectedAt(scene, 9411, told);
    await expect.poll(() => count(told), { timeout: 15_000 }).toBe(20);
    expect([await count(silent), await count(disabled)]).toEqual([0, 0]);
  },
};
