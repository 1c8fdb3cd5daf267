import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { atGateway } from "./at-gateway.ts";

const asked = atGateway("matches.example");
const when = (status: number, match: object) => ({ match: [match], directResponse: { status } });
const query = (value: object) => ({ query: [{ name: "q", value }] });

export const tableMatches: Scenario = {
  title: "requests at a gateway are told apart by query and by the port that was called",
  proves: ["RouteTable.match.query", "RouteTable.match.port"],
  wishes: () => [
    gateway({
      listeners: [
        { name: "http", port: 80, protocol: "HTTP" },
        { name: "alt", port: 81, protocol: "HTTP" },
      ],
    }),
    routeTable({
      gateways: [{ name: "table-matches-1" }],
      hosts: ["matches.example"],
      rules: [
        when(211, query({ exact: "yes" })),
        when(212, query({ prefix: "pre" })),
        when(213, query({ regex: "[0-9]+" })),
        when(214, query({ present: true })),
        when(215, { port: 81 }),
        when(216, { port: 80 }),
      ],
    }),
  ],
  inForce: async (scene) => (await scene.status(asked)) === 216,
  async check(scene) {
    const statuses: Record<string, number> = {};
    for (const text of ["q=yes", "q=prefix", "q=42", "q=other", "other=yes"])
      statuses[text] = await scene.status({ ...asked, path: `/?${text}` });
    expect(statuses).toEqual({
      "q=yes": 211,
      "q=prefix": 212,
      "q=42": 213,
      "q=other": 214,
      "other=yes": 216,
    });
    expect(await scene.status({ ...asked, port: 8089 })).toBe(215);
  },
};
