import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const splitToDestination: Scenario = {
  title: "requests go to another service and port, with headers of their own",
  proves: ["TrafficPolicy.split.destination", "TrafficPolicy.split.headers"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        {
          split: [
            {
              destination: { name: "vault", namespace: "safe" },
              port: 8081,
              headers: { request: { set: { "x-sent": "over" } } },
            },
          ],
        },
      ],
    }),
  ],
  inForce: async (scene) => (await scene.received()).port === 8081,
  async check(scene) {
    const got = await scene.received();
    expect(got.headers["x-forwarded-client-cert"]).toContain("By=spiffe://cluster.local/ns/safe/sa/vault");
    expect(got.headers["x-sent"]).toBe("over");
  },
};
