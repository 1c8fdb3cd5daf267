import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const cors: Scenario = {
  title: "preflight requests are answered for the allowed origins only",
  proves: ["TrafficPolicy.cors"],
  wishes: (target) => [
    traffic({
      targets: [target],
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
    (await scene.one({ headers: { origin: "https://shop.example" } })).headers[
      "access-control-allow-origin"
    ] !== undefined,
  async check(scene) {
    const preflight = (origin: string) =>
      scene.one({
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "PUT",
          "access-control-request-headers": "x-token",
        },
      });
    const allowed = (await preflight("https://shop.example")).headers;
    expect(allowed["access-control-allow-origin"]).toBe("https://shop.example");
    expect(allowed["access-control-allow-methods"]).toBe("GET,PUT");
    expect(allowed["access-control-allow-headers"]).toBe("x-token");
    expect(allowed["access-control-max-age"]).toBe("3600");
    expect(allowed["access-control-allow-credentials"]).toBe("true");
    const other = await preflight("https://a.example.org");
    expect(other.headers["access-control-allow-origin"]).toBe("https://a.example.org");
    const refused = await preflight("https://evil.example");
    expect(refused.headers).not.toHaveProperty("access-control-allow-origin");
    const real = await scene.one({ headers: { origin: "https://shop.example" } });
    expect(real.headers["access-control-expose-headers"]).toBe("x-version");
  },
};
