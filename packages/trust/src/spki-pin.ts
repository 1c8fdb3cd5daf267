import { createHash, X509Certificate } from "node:crypto";

/** `sha256:` and the hexadecimal SHA-256 of a DER SubjectPublicKeyInfo: names a key whatever certificate carries it. */
export type SpkiPin = `sha256:${string}`;

export function pinOfSpki(spki: Uint8Array): SpkiPin {
  return `sha256:${createHash("sha256").update(spki).digest("hex")}`;
}

/** The pin of a certificate's public key. */
export function spkiPin(certificate: string | X509Certificate): SpkiPin {
  const parsed = typeof certificate === "string" ? new X509Certificate(certificate) : certificate;
  return pinOfSpki(parsed.publicKey.export({ format: "der", type: "spki" }));
}
