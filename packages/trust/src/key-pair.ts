import { createPrivateKey, createPublicKey, webcrypto } from "node:crypto";

/** Every key this package makes: EC P-256, signing with SHA-256. */
export const keyAlgorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
export const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" } as const;

export async function generateKeyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ["sign", "verify"]);
}

/** PKCS #8 in PEM. */
export async function exportPrivateKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" })
    .export({ format: "pem", type: "pkcs8" })
    .toString();
}

/** Reads an EC P-256 private key in PEM. Throws what node:crypto throws when it is anything else. */
export async function importKeyPair(privateKeyPem: string): Promise<webcrypto.CryptoKeyPair> {
  const privateKey = createPrivateKey(privateKeyPem);
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const pkcs8 = privateKey.export({ format: "der", type: "pkcs8" });
  return {
    privateKey: await webcrypto.subtle.importKey("pkcs8", pkcs8, keyAlgorithm, true, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("spki", spki, keyAlgorithm, true, ["verify"]),
  };
}
