import { expect } from "vitest";
import { waitUntil } from "../../src/testbed/wait-until.ts";
import { type Scenario, telemetry } from "../scenario.ts";

export const logFile: Scenario = {
  title: "all proxies log to a file but those of a workload that it is disabled for",
  proves: [
    "TelemetryPolicy.accessLogs.disabled",
    "TelemetryPolicy.accessLogs.providers.name",
    "TelemetryPolicy.accessLogs.providers.path",
  ],
  wishes: () => [
    telemetry({
      targets: [{ kind: "Mesh" }],
      accessLogs: {
        providers: [{ name: "requests", type: "file", path: "/proc/self/cwd/requests.log" }],
      },
    }),
    telemetry({
      targets: [{ kind: "Workload", name: "vault", namespace: "safe" }],
      accessLogs: { disabled: true },
    }),
  ],
  inForce: async (scene) =>
    (await scene.configured("front", "requests.log")) && !(await scene.configured("vault", "requests.log")),
  async check(scene) {
    const path = `/${scene.newTag()}`;
    await scene.one({ path });
    await waitUntil("the client's proxy has logged it", async () =>
      (await scene.file("front", "requests.log")).includes(path),
    );
    expect(await scene.file("vault", "requests.log")).not.toContain(path);
  },
};
