import { connection, type Scenario } from "../scenario.ts";
import type { Scene } from "../scene.ts";
import { expectShare } from "../share.ts";

const farOf = async (scene: Scene, from: string, count: number) =>
  (await scene.many(count, { from })).filter(({ headers }) => headers["x-version"] === "v2").length;

export const localityShares: Scenario = {
  title: "clients in one zone spread their requests over the zones by the shares that are said for them",
  proves: ["ConnectionPolicy.loadBalancer.locality"],
  wishes: (target) => [
    connection({
      targets: [target],
      loadBalancer: {
        locality: {
          distribute: [
            { from: "eu/one/*", to: { "eu/one/*": 10, "us/two/*": 90 } },
            { from: "us/two/*", to: { "eu/one/*": 70, "us/two/*": 30 } },
          ],
        },
      },
    }),
  ],
  inForce: async (scene) => (await farOf(scene, "front", 100)) > 80,
  async check(scene) {
    expectShare(await farOf(scene, "front", 300), 300, 90);
    expectShare(await farOf(scene, "back", 300), 300, 30);
  },
};
