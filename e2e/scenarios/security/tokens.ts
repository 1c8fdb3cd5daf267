import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { expect } from "vitest";
import { access, authentication, type Scenario } from "../scenario.ts";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const jwks = JSON.stringify({
  keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k", alg: "RS256", use: "sig" }],
});
const issuer = "https://issuer.example";

function token(claims: object, key = privateKey): Record<string, string> {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const expires = Math.floor(Date.now() / 1000) + 3_600;
  const text = `${part({ alg: "RS256", kid: "k" })}.${part({ iss: issuer, exp: expires, ...claims })}`;
  const signature = sign(
    "sha256",
    Buffer.from(text),
    createPrivateKey(key.export({ type: "pkcs8", format: "pem" })),
  );
  return { authorization: `Bearer ${text}.${signature.toString("base64url")}` };
}

export const tokens: Scenario = {
  title: "requests need a valid token of the issuer, and the claims that an ALLOW asks for",
  proves: ["AuthenticationPolicy.jwt", "AccessPolicy.from.jwt"],
  wishes: (target) => [
    authentication({
      targets: [target],
      jwt: [{ issuer, jwks: { inline: jwks }, forward: { claims: [{ header: "x-subject", claim: "sub" }] } }],
    }),
    access({
      action: "ALLOW",
      targets: [target],
      from: [{ jwt: { issuer, claims: { role: ["admin", "editor"] } } }],
    }),
  ],
  inForce: async (scene) =>
    (await scene.status()) === 403 &&
    (await scene.status({ headers: { authorization: "Bearer x" } })) === 401,
  async check(scene) {
    const admin = { sub: "ann", role: "admin" };
    expect((await scene.received({ headers: token(admin) })).headers["x-subject"]).toBe("ann");
    expect(await scene.status({ headers: token({ sub: "bob", role: "reader" }) })).toBe(403);
    expect(await scene.status({ headers: token({ sub: "bob" }) })).toBe(403);
    expect(await scene.status({ headers: token(admin, stranger) })).toBe(401);
    expect(await scene.status({ headers: token({ ...admin, iss: "https://other.example" }) })).toBe(401);
    expect(await scene.status({ headers: token({ ...admin, exp: 1 }) })).toBe(401);
  },
};
