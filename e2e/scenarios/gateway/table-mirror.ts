import { expect } from "vitest";
import { waitUntil } from "../../src/testbed/wait-until.ts";
import { routeTable, type Scenario } from "../scenario.ts";
import { expectShare } from "../share.ts";
import { atGateway, plainGateway } from "./at-gateway.ts";

const asked = atGateway("mirror.example");
const web = { name: "web", namespace: "shop" };

export const tableMirror: Scenario = {
  title: "a gateway copies a share of the requests to other services and versions, whose answers nobody gets",
  proves: ["RouteTable.mirror"],
  wishes: () => [
    plainGateway,
    routeTable({
      gateways: [{ name: "table-mirror-1" }],
      hosts: ["mirror.example"],
      rules: [
        {
          split: [{ destination: web, port: 8080, version: "v1" }],
          mirror: [
            { destination: { name: "vault", namespace: "safe" }, port: 8081 },
            { destination: web, port: 8080, version: "v2", percent: 30 },
          ],
          headers: { response: { set: { "x-in": "mirror" } } },
        },
      ],
    }),
  ],
  inForce: (scene) => scene.marked("x-in", "mirror", asked),
  async check(scene) {
    const tag = scene.newTag();
    const answers = await scene.many(200, { ...asked, tag });
    expect(new Set(answers.map(({ headers }) => headers["x-version"]))).toEqual(new Set(["v1"]));
    // Copies may arrive after the answers.
    const seen = await waitUntil("every copy for the vault has arrived", async () => {
      const requests = await scene.seen(tag);
      return requests.filter(({ port }) => port === 8081).length >= answers.length && requests;
    });
    expectShare(seen.filter(({ version }) => version === "v2").length, 200, 30);
  },
};
