import { expect } from "vitest";
import { runningWith } from "../proxy-config.ts";
import { connection, type Scenario } from "../scenario.ts";
import type { Scene } from "../scene.ts";

/** Whether the kernel waits nearly an hour before it probes a connection from the client's pod to an endpoint. */
const probed = async (scene: Scene) => {
  await scene.many(4);
  const lines = (await scene.connections("front")).split("\n");
  const endpoints = ["web-v1", "web-v2"].map((pod) => `${scene.addressOf(pod)}:8080 `);
  return lines.some((line) => endpoints.some((to) => line.includes(to)) && /keepalive,5\dmin/.test(line));
};

export const keepalive: Scenario = {
  title: "the kernel probes idle connections between proxies, as the policy says and the proxy tells it",
  proves: ["ConnectionPolicy.keepalive"],
  wishes: (target) => [
    connection({ targets: [target], keepalive: { time: "1h", interval: "40s", probes: 4 } }),
  ],
  inForce: probed,
  async check(scene) {
    expect(await runningWith(scene)).toMatchObject({
      upstream_connection_options: {
        tcp_keepalive: { keepalive_time: 3600, keepalive_interval: 40, keepalive_probes: 4 },
      },
    });
  },
};
