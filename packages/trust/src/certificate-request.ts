import { createPublicKey } from "node:crypto";
import { exportPrivateKey, generateKeyPair, signingAlgorithm } from "./key-pair.ts";
import { pinOfSpki, type SpkiPin } from "./spki-pin.ts";
import { TrustError } from "./trust-error.ts";
import { Pkcs10CertificateRequest, Pkcs10CertificateRequestGenerator } from "./x509.ts";

/** Characters of PEM. A P-256 request is about 400, an RSA-4096 one about 1,800. */
const longestRequest = 16_384;

export interface KeyAndCsr {
  /** PKCS #8 in PEM. Never leaves the process that made it, except into that process's own store. */
  readonly privateKeyPem: string;
  readonly csrPem: string;
}

/** A new EC P-256 key and a request signed by it. The request names nobody: the issuer decides the names. */
export async function createKeyAndCsr(): Promise<KeyAndCsr> {
  const keys = await generateKeyPair();
  const csr = await Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm });
  return { privateKeyPem: await exportPrivateKey(keys.privateKey), csrPem: csr.toString("pem") };
}

/** What of a request counts once its signature proved possession of the key; its names and extensions do not. */
export interface VerifiedRequest {
  readonly spki: Uint8Array<ArrayBuffer>;
  readonly pin: SpkiPin;
}

/** Checks proof of possession and the kind of key (EC P-256 or P-384, RSA of 2048 bits or more). Throws `CSR_INVALID`. */
export async function verifyRequest(csrPem: string): Promise<VerifiedRequest> {
  if (csrPem.length > longestRequest)
    throw new TrustError("CSR_INVALID", "The certificate request is too long.");
  try {
    const csr = new Pkcs10CertificateRequest(csrPem);
    const spki = new Uint8Array(csr.publicKey.rawData);
    const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
    const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    const accepted =
      namedCurve === "prime256v1" ||
      namedCurve === "secp384r1" ||
      (key.asymmetricKeyType === "rsa" && modulusLength >= 2048);
    if (accepted && (await csr.verify())) return { spki, pin: pinOfSpki(spki) };
  } catch (cause) {
    throw new TrustError("CSR_INVALID", "The certificate request cannot be read.", { cause });
  }
  throw new TrustError(
    "CSR_INVALID",
    "The certificate request does not prove possession of an accepted key.",
  );
}
