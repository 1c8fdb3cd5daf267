import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { atGateway } from "./at-gateway.ts";

const team = "allowed-workspaces-1";
const listener = (name: string, allowedWorkspaces?: readonly string[]) => ({
  ...{ name, port: 80, protocol: "HTTP", hosts: [`${name}.example`] },
  ...(allowedWorkspaces && { allowedWorkspaces }),
});

export const allowedWorkspaces: Scenario = {
  title: "a table of another workspace is served by the listeners that let its workspace in",
  proves: ["Gateway.listeners.allowedWorkspaces"],
  wishes: () => [
    { kind: "Workspace", spec: { owns: [{ namespaces: ["shop"] }] } },
    gateway({
      listeners: [
        listener("team", [team]),
        listener("all", ["*"]),
        listener("own"),
        listener("others", ["x"]),
      ],
    }),
    {
      ...routeTable({
        gateways: [{ name: "allowed-workspaces-2", workspace: "default" }],
        hosts: ["team.example", "all.example", "own.example", "others.example"],
        rules: [{ split: [{ destination: { name: "web", namespace: "shop" }, port: 8080 }] }],
      }),
      workspace: team,
    },
  ],
  inForce: async (scene) => (await scene.status(atGateway("team.example"))) === 200,
  async check(scene) {
    expect(await scene.status(atGateway("all.example"))).toBe(200);
    expect(await scene.status(atGateway("own.example"))).toBe(404);
    expect(await scene.status(atGateway("others.example"))).toBe(404);
  },
};
