import { expect } from "vitest";
import { authentication, type Scenario } from "../scenario.ts";

export const mtlsStrict: Scenario = {
  title: "strict mTLS shuts out clients without an identity, but for a port that takes both",
  proves: ["AuthenticationPolicy.mtls.mode", "AuthenticationPolicy.mtls.ports"],
  wishes: (target) => [
    authentication({ targets: [target], mtls: { mode: "STRICT", ports: { "8081": "PERMISSIVE" } } }),
  ],
  inForce: async (scene) => (await scene.status({ from: "stranger", pod: "vault" })) === 0,
  async check(scene) {
    expect(await scene.one({ from: "stranger", pod: "vault" })).toMatchObject({ body: "ECONNRESET" });
    expect(await scene.status({ from: "stranger", pod: "vault", port: 8081 })).toBe(200);
    expect(await scene.status({ from: "front" })).toBe(200);
    expect(await scene.status({ from: "back", port: 8081 })).toBe(200);
  },
};
