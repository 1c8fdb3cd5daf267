import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** An issuer of tokens with one key, as people who sign in have them. */
export class Issuer {
  readonly name: string;
  readonly #key: KeyObject;
  /** Its public key, as a JSON Web Key Set (RFC 7517). */
  readonly keySet: string;

  constructor(name: string) {
    this.name = name;
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.#key = privateKey;
    this.keySet = JSON.stringify({
      keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k", alg: "RS256", use: "sig" }],
    });
  }

  /** The header of a request with a token (RFC 7519); `claims` replace the issuer and the time in an hour at which it expires. */
  header(claims: object): Record<string, string> {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const expires = Math.floor(Date.now() / 1000) + 3_600;
    const text = `${part({ alg: "RS256", kid: "k" })}.${part({ iss: this.name, exp: expires, ...claims })}`;
    const key = createPrivateKey(this.#key.export({ type: "pkcs8", format: "pem" }));
    const signature = sign("sha256", Buffer.from(text), key);
    return { authorization: `Bearer ${text}.${signature.toString("base64url")}` };
  }
}
