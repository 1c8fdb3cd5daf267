import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { atGateway } from "./at-gateway.ts";

const listeners = [{ name: "http", port: 80, protocol: "HTTP" }];
const answer = (body: string) => [{ directResponse: { status: 200, body } }];
const asked = atGateway("placed.example");

export const placed: Scenario = {
  title: "a Gateway is for gateways of some namespaces, clusters and meshes, and nowhere else",
  proves: [
    "Gateway.selector.namespaces",
    "Gateway.selector.clusters",
    "Gateway.selector.clusterLabels",
    "Gateway.selector.meshes",
  ],
  wishes: () => [
    gateway({
      selector: {
        namespaces: ["edge"],
        clusters: ["mesh"],
        clusterLabels: { site: "test" },
        meshes: ["istio-system"],
      },
      listeners,
    }),
    gateway({ selector: { namespaces: ["office"] }, listeners }),
    gateway({ selector: { clusters: ["moon"] }, listeners }),
    gateway({ selector: { clusterLabels: { site: "moon" } }, listeners }),
    gateway({ selector: { meshes: ["moon"] }, listeners }),
    routeTable({ gateways: [{ name: "placed-1" }], hosts: ["placed.example"], rules: answer("here") }),
    ...[2, 3, 4, 5].map((other) =>
      routeTable({
        gateways: [{ name: `placed-${other}` }],
        hosts: [`other-${other}.example`],
        rules: answer("there"),
      }),
    ),
  ],
  inForce: async (scene) => (await scene.one(asked)).body === "here",
  async check(scene) {
    for (const other of [2, 3, 4, 5])
      expect(await scene.status(atGateway(`other-${other}.example`)), `gateway ${other}`).toBe(404);
  },
};
