import { expect } from "vitest";
import { authentication, type Scenario } from "../scenario.ts";
import { Issuer } from "./issuer.ts";

const issuer = new Issuer("https://keys.example");
const ann = { sub: "ann", aud: "shop" };

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
    (await scene.status()) === 403 && (await scene.status({ headers: issuer.header(ann) })) === 200,
  async check(scene) {
    const status = (claims: object, by = issuer) =>
      scene.status({ headers: by.header({ ...ann, ...claims }) });
    expect(await status({ aud: ["other", "shop"] })).toBe(200);
    expect(await status({ aud: "other" })).toBe(403);
    expect(await status({ aud: undefined })).toBe(403);
    expect(await status({ exp: 1 })).toBe(401);
    expect(await status({}, new Issuer(issuer.name))).toBe(401);
    // Without a subject there is nobody whom a token could stand for.
    expect(await status({ sub: undefined })).toBe(403);
  },
};
