import { expect } from "vitest";
import { routeTable, type Scenario } from "../scenario.ts";
import { expectShare } from "../share.ts";
import { atGateway, plainGateway } from "./at-gateway.ts";

const asked = atGateway("fault.example");
const split = [{ destination: { name: "web", namespace: "shop" }, port: 8080 }];
const at = (path: string, fault: object | false) => ({ match: [{ path: { exact: path } }], fault, split });

export const tableFault: Scenario = {
  title: "a gateway makes a share of the requests fail or late on purpose; `false` spares a rule",
  proves: ["RouteTable.fault"],
  wishes: () => [
    plainGateway,
    routeTable({
      gateways: [{ name: "table-fault-1" }],
      hosts: ["fault.example"],
      rules: [
        at("/all", { abort: { httpStatus: 418 } }),
        at("/late", { delay: { duration: "400ms" } }),
        at("/spared", false),
        { split },
      ],
      defaults: { fault: { abort: { httpStatus: 555, percent: 30 } } },
    }),
  ],
  inForce: async (scene) => (await scene.status({ ...asked, path: "/all" })) === 418,
  async check(scene) {
    const statuses = (await scene.many(200, asked)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 555]));
    expectShare(statuses.filter((status) => status === 555).length, statuses.length, 30);
    const late = await scene.many(10, { ...asked, path: "/late" });
    expect(late.every(({ status, ms }) => status === 200 && ms >= 390)).toBe(true);
    const spared = await scene.many(50, { ...asked, path: "/spared" });
    expect(spared.every(({ status }) => status === 200)).toBe(true);
  },
};
