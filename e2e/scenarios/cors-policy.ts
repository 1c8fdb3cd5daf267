import { expect } from "vitest";
import type { Ask, Scene } from "./scene.ts";

/** What a policy or a route table lets other sites' pages do. */
export const corsPolicy = {
  allowOrigins: [{ exact: "https://shop.example" }, { regex: "https://[a-z]+\\.example\\.org" }],
  allowMethods: ["GET", "PUT"],
  allowHeaders: ["x-token"],
  exposeHeaders: ["x-version"],
  maxAge: "1h",
  allowCredentials: true,
};

const from = (asked: Ask, origin: string, headers: Readonly<Record<string, string>> = {}): Ask => ({
  ...asked,
  headers: { ...asked.headers, ...headers, origin },
});

/** Whether answers to requests of an allowed origin say so. */
export async function corsInForce(scene: Scene, asked: Ask = {}): Promise<boolean> {
  return "access-control-allow-origin" in (await scene.one(from(asked, "https://shop.example"))).headers;
}

/** Preflight requests are answered by a proxy, for the allowed origins only, and answers to real ones name what pages may read. */
export async function checkCors(scene: Scene, asked: Ask = {}): Promise<void> {
  const preflight = async (origin: string) => {
    const tag = scene.newTag();
    const asks = { "access-control-request-method": "PUT", "access-control-request-headers": "x-token" };
    const { headers } = await scene.one({ ...from(asked, origin, asks), method: "OPTIONS", tag });
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
  const real = await scene.one(from(asked, "https://shop.example"));
  expect([real.status, real.headers["access-control-expose-headers"]]).toEqual([200, "x-version"]);
}
