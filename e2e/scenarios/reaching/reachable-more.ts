import { expect } from "vitest";
import { egress, type Scenario } from "../scenario.ts";

const asked = (host: string) => ({ pod: "web-v1", headers: { host } });

export const reachableMore: Scenario = {
  title:
    "a client's proxy knows the services with some labels, or at some ports, and all else of their namespaces too",
  proves: ["EgressPolicy.reachable.labels", "EgressPolicy.reachable.ports"],
  wishes: (target) => [
    egress({
      targets: [{ kind: "Workload", name: "back", namespace: "office" }],
      outbound: "registryOnly",
      reachable: [{ namespaces: ["shop"], labels: { app: "web" } }],
    }),
    egress({
      targets: [{ kind: "Workload", name: "front", namespace: "shop" }],
      outbound: "registryOnly",
      reachable: [{ namespaces: [target.namespace], ports: [8080] }],
    }),
  ],
  inForce: async (scene) =>
    (await scene.status({ from: "back" })) === 502 &&
    (await scene.status({ ...asked("web.shop:8080"), from: "front" })) === 502,
  async check(scene) {
    expect(await scene.status({ ...asked("web.shop:8080"), from: "back" })).toBe(200);
    expect(await scene.status({ ...asked("timeout.shop:8080"), from: "back" })).toBe(200);
    expect(await scene.status({ from: "front" })).toBe(200);
    expect(await scene.status({ from: "front", port: 8081 })).toBe(200);
  },
};
