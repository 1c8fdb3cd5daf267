import { expect } from "vitest";
import { access, authentication, type Scenario } from "../scenario.ts";
import { Issuer } from "./issuer.ts";

const issuer = new Issuer("https://issuer.example");
const impostor = new Issuer(issuer.name);

export const tokens: Scenario = {
  title: "requests need a valid token of the issuer, and the claims that an ALLOW asks for",
  proves: ["AuthenticationPolicy.jwt", "AccessPolicy.from.jwt"],
  wishes: (target) => [
    authentication({
      targets: [target],
      jwt: [
        {
          issuer: issuer.name,
          jwks: { inline: issuer.keySet },
          forward: { claims: [{ header: "x-subject", claim: "sub" }] },
        },
      ],
    }),
    access({
      action: "ALLOW",
      targets: [target],
      from: [{ jwt: { issuer: issuer.name, claims: { role: ["admin", "editor"] } } }],
    }),
  ],
  inForce: async (scene) =>
    (await scene.status()) === 403 &&
    (await scene.status({ headers: { authorization: "Bearer x" } })) === 401,
  async check(scene) {
    const admin = { sub: "ann", role: "admin" };
    expect((await scene.received({ headers: issuer.header(admin) })).headers["x-subject"]).toBe("ann");
    expect(await scene.status({ headers: issuer.header({ sub: "bob", role: "reader" }) })).toBe(403);
    expect(await scene.status({ headers: issuer.header({ sub: "bob" }) })).toBe(403);
    expect(await scene.status({ headers: impostor.header(admin) })).toBe(401);
    expect(await scene.status({ headers: issuer.header({ ...admin, iss: "https://other.example" }) })).toBe(
      401,
    );
    expect(await scene.status({ headers: issuer.header({ ...admin, exp: 1 }) })).toBe(401);
  },
};
