import { expect } from "vitest";
import { waitUntil } from "../../src/testbed/wait-until.ts";
import { type Scenario, telemetry } from "../scenario.ts";

export const logFields: Scenario = {
  title:
    "a server's proxy logs the requests that a filter is true for, with the fields of its provider, to standard output",
  proves: [
    "TelemetryPolicy.accessLogs.providers.name",
    "TelemetryPolicy.accessLogs.providers.type",
    "TelemetryPolicy.accessLogs.providers.format",
    "TelemetryPolicy.accessLogs.filter",
    "TelemetryPolicy.accessLogs.side",
  ],
  wishes: (target) => [
    telemetry({
      targets: [target, { kind: "Workload", name: "front", namespace: "shop" }],
      accessLogs: {
        providers: [
          { name: "fields", format: { json: { asked: "%REQ(X-TAG)%", answered: "%RESPONSE_CODE%" } } },
        ],
        filter: "response.code >= 500",
        side: "server",
      },
    }),
  ],
  inForce: (scene) => scene.configured("vault", "%REQ(X-TAG)%"),
  async check(scene) {
    const [good, bad] = [scene.newTag(), scene.newTag()];
    await scene.many(5, { tag: good });
    expect(await scene.status({ tag: bad, app: { failures: 1 } })).toBe(503);
    const line = await waitUntil("the failure is logged", () =>
      scene
        .output("vault")
        .split("\n")
        .find((each) => each.includes(bad)),
    );
    expect(JSON.parse(line)).toEqual({ asked: bad, answered: 503 });
    // They were sent before, and proxies write in order.
    expect(scene.output("vault")).not.toContain(good);
    expect(scene.output("front")).not.toContain(bad);
  },
};
