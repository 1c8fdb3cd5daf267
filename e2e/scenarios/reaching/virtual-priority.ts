import { expect } from "vitest";
import { type Scenario, virtual } from "../scenario.ts";

const asked = { pod: "stranger", headers: { host: "best.example:8080" } };

export const virtualPriority: Scenario = {
  title: "backends of the best priority at which something exists get every request, also after they failed",
  proves: ["VirtualDestination.backends.priority"],
  wishes: (target) => [
    virtual({
      hosts: ["best.example"],
      ports: [{ port: 8080, protocol: "HTTP" }],
      backends: [
        { selector: { name: "web", namespace: "shop" }, priority: 2 },
        { selector: target, port: 8081, priority: 1 },
        { selector: { ...target, name: "nobody" }, priority: 0 },
      ],
      failover: { by: "priority" },
    }),
  ],
  inForce: async (scene) => (await scene.received(asked)).port === 8081,
  async check(scene) {
    await scene.many(20, { ...asked, app: { failures: 1_000, status: 503 }, tag: scene.newTag() });
    const answers = await scene.many(40, asked);
    expect(new Set(answers.map(({ body }) => (JSON.parse(body) as { port: number }).port))).toEqual(
      new Set([8081]),
    );
  },
};
