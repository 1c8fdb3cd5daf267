import { checkCors, corsInForce, corsPolicy } from "../cors-policy.ts";
import { routeTable, type Scenario } from "../scenario.ts";
import { atGateway, plainGateway } from "./at-gateway.ts";

const asked = atGateway("cors.example");

export const tableCors: Scenario = {
  title: "a gateway answers preflight requests, for the allowed origins only",
  proves: ["RouteTable.cors"],
  wishes: () => [
    plainGateway,
    routeTable({
      gateways: [{ name: "table-cors-1" }],
      hosts: ["cors.example"],
      rules: [{ split: [{ destination: { name: "web", namespace: "shop" }, port: 8080 }] }],
      defaults: { cors: corsPolicy },
    }),
  ],
  inForce: (scene) => corsInForce(scene, asked),
  check: (scene) => checkCors(scene, asked),
};
