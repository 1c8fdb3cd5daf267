import { randomBytes, type webcrypto, X509Certificate } from "node:crypto";
import { signingAlgorithm } from "./key-pair.ts";
import { TrustError } from "./trust-error.ts";
import * as x509 from "./x509.ts";

/** How far `notBefore` lies in the past, in ms: clocks of clusters may be slow by that much. */
export const backdatingMs = 5 * 60_000;

/** What a leaf certificate may be used for; also what a path is validated for. */
export type CertificateUsage = "clientAuth" | "serverAuth";
export const usageOids: Readonly<Record<CertificateUsage, string>> = {
  clientAuth: x509.ExtendedKeyUsage.clientAuth,
  serverAuth: x509.ExtendedKeyUsage.serverAuth,
};

export interface IssuedCertificate {
  readonly certificatePem: string;
  /** Lower-case hexadecimal, as node:crypto prints it in lower case. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** From `now` back-dated until `now + ttlMs`, within the issuer's own validity. Throws `AUTHORITY_EXPIRED`. */
export function clampValidity(now: number, ttlMs: number, issuer: Validity): Validity {
  const notBefore = Math.max(now - backdatingMs, issuer.notBefore.getTime());
  const notAfter = Math.min(now + ttlMs, issuer.notAfter.getTime());
  if (notAfter <= now || notBefore > now)
    throw new TrustError(
      "AUTHORITY_EXPIRED",
      "The authority's certificate is not valid now; nothing was issued.",
    );
  return { notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
}

/** 127 random bits, positive and of full length, as RFC 5280 §4.1.2.2 and the CA/Browser Forum ask (at most 20 octets, 64 random bits). */
export function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}

export interface LeafProfile extends Validity {
  readonly spki: Uint8Array<ArrayBuffer>;
  readonly names: readonly x509.JsonGeneralName[];
  readonly usages: readonly CertificateUsage[];
}

/** Signs a leaf with an empty subject; its names are in a SAN, which RFC 5280 §4.2.1.6 then wants critical. */
export async function issueLeaf(
  issuer: { readonly certificate: x509.X509Certificate; readonly signingKey: webcrypto.CryptoKey },
  profile: LeafProfile,
): Promise<IssuedCertificate> {
  const publicKey = new x509.PublicKey(profile.spki);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    issuer: issuer.certificate.subjectName,
    notBefore: profile.notBefore,
    notAfter: profile.notAfter,
    signingAlgorithm,
    publicKey,
    signingKey: issuer.signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(profile.usages.map((usage) => usageOids[usage])),
      new x509.SubjectAlternativeNameExtension([...profile.names], true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate.publicKey),
    ],
  });
  return describe(certificate);
}

export function describe(certificate: x509.X509Certificate): IssuedCertificate {
  const certificatePem = certificate.toString("pem");
  return {
    certificatePem,
    serial: new X509Certificate(certificatePem).serialNumber.toLowerCase(),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
  };
}
