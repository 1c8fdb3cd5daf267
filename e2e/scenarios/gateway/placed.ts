import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { atGateway } from "./at-gateway.ts";

const listeners = [{ name: "http", port: 80, protocol: "HTTP" }];
const answer = (body: string) => [{ directResponse: { status: 200, body } }];
const asked = atGateway("placed.example");

/** Gateways that are for others than the one there is, by what tells them apart. */
const elsewhere = {
  role: { role: "egress" },
  labels: { selector: { labels: { istio: "moongateway" } } },
  namespaces: { selector: { namespaces: ["office"] } },
  clusters: { selector: { clusters: ["moon"] } },
  "cluster-labels": { selector: { clusterLabels: { site: "moon" } } },
  meshes: { selector: { meshes: ["moon"] } },
};

export const placed: Scenario = {
  title: "a Gateway is for gateways of a role, some labels, namespaces, clusters and meshes, and no others",
  proves: [
    "Gateway.role",
    "Gateway.selector.labels",
    "Gateway.selector.namespaces",
    "Gateway.selector.clusters",
    "Gateway.selector.clusterLabels",
    "Gateway.selector.meshes",
  ],
  wishes: () => [
    gateway({
      role: "ingress",
      selector: {
        labels: { istio: "ingressgateway" },
        namespaces: ["edge"],
        clusters: ["mesh"],
        clusterLabels: { site: "test" },
        meshes: ["istio-system"],
      },
      listeners,
    }),
    routeTable({ gateways: [{ name: "placed-1" }], hosts: ["placed.example"], rules: answer("here") }),
    ...Object.entries(elsewhere).flatMap(([what, spec], index) => [
      gateway({ ...spec, listeners }),
      routeTable({
        gateways: [{ name: `placed-${3 + 2 * index}` }],
        hosts: [`${what}.example`],
        rules: answer("there"),
      }),
    ]),
  ],
  inForce: async (scene) => (await scene.one(asked)).body === "here",
  async check(scene) {
    for (const what of Object.keys(elsewhere))
      expect(await scene.status(atGateway(`${what}.example`)), what).toBe(404);
  },
};
