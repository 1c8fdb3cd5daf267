import { expect } from "vitest";
import { authentication, type Scenario } from "../scenario.ts";
import { Issuer } from "./issuer.ts";

const issuer = new Issuer("https://keys.example");

export const tokenKeys: Scenario = {
  title: "the issuer's keys are fetched from a server, and tokens must be for the audience",
  proves: ["AuthenticationPolicy.jwt"],
  wishes: (target, addressOf) => [
    authentication({
      targets: [target],
      jwt: [
        {
          issuer: issuer.name,
          audiences: ["shop"],
          jwks: { uri: `http://${addressOf("stranger")}:8080/says/${encodeURIComponent(issuer.keySet)}` },
        },
      ],
    }),
  ],
  inForce: async (scene) =>
    (await scene.status()) === 403 &&
    (await scene.status({ headers: issuer.header({ aud: "shop" }) })) === 200,
  async check(scene) {
    expect(await scene.status({ headers: issuer.header({ aud: ["other", "shop"] }) })).toBe(200);
    expect(await scene.status({ headers: issuer.header({ aud: "other" }) })).toBe(403);
    expect(await scene.status({ headers: issuer.header({}) })).toBe(403);
    expect(await scene.status({ headers: issuer.header({ aud: "shop", exp: 1 }) })).toBe(401);
    expect(await scene.status({ headers: new Issuer(issuer.name).header({ aud: "shop" }) })).toBe(401);
  },
};
