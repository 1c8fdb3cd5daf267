import { expect } from "vitest";
import { routeTable, type Scenario } from "../scenario.ts";
import { atGateway, plainGateway } from "./at-gateway.ts";

const asked = atGateway("cors.example");
const from = (origin: string, headers: Record<string, string> = {}) => ({
  ...asked,
  headers: { ...asked.headers, ...headers, origin },
});

export const tableCors: Scenario = {
  title: "a gateway answers preflight requests, for the allowed origins only",
  proves: ["RouteTable.cors"],
  wishes: () => [
    plainGateway,
    routeTable({
      gateways: [{ name: "table-cors-1" }],
      hosts: ["cors.example"],
      rules: [{ split: [{ destination: { name: "web", namespace: "shop" }, port: 8080 }] }],
      defaults: {
        cors: {
          allowOrigins: [{ exact: "https://shop.example" }, { regex: "https://[a-z]+\\.example\\.org" }],
          allowMethods: ["GET", "PUT"],
          allowHeaders: ["x-token"],
          exposeHeaders: ["x-version"],
          maxAge: "1h",
          allowCredentials: true,
        },
      },
    }),
  ],
  inForce: async (scene) =>
    "access-control-allow-origin" in (await scene.one(from("https://shop.example"))).headers,
  async check(scene) {
    const preflight = async (origin: string) => {
      const tag = scene.newTag();
      const asks = { "access-control-request-method": "PUT", "access-control-request-headers": "x-token" };
      const { headers } = await scene.one({ ...from(origin, asks), method: "OPTIONS", tag });
      return { headers, arrived: (await scene.seen(tag)).length };
    };
    const allowed = await preflight("https://shop.example");
    expect(allowed.arrived).toBe(0);
    expect(allowed.headers).toMatchObject({
      "access-control-allow-origin": "https://shop.example",
      "access-control-allow-methods": "GET,PUT",
      "access-control-allow-headers": "x-token",
      "access-control-max-age": "3600",
      "access-control-allow-credentials": "true",
    });
    const other = await preflight("https://a.example.org");
    expect(other.headers["access-control-allow-origin"]).toBe("https://a.example.org");
    const refused = await preflight("https://evil.example");
    expect(refused.headers).not.toHaveProperty("access-control-allow-origin");
    const real = await scene.one(from("https://shop.example"));
    expect([real.status, real.headers["access-control-expose-headers"]]).toEqual([200, "x-version"]);
  },
};
