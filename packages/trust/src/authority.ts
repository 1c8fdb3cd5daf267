import { createPrivateKey, type webcrypto, X509Certificate } from "node:crypto";
import { verifyRequest } from "./certificate-request.ts";
import {
  backdatingMs,
  type CertificateUsage,
  clampValidity,
  describe,
  type IssuedCertificate,
  issueLeaf,
  randomSerial,
} from "./issue-certificate.ts";
import { exportPrivateKey, generateKeyPair, importKeyPair, signingAlgorithm } from "./key-pair.ts";
import { type SpkiPin, spkiPin } from "./spki-pin.ts";
import { TrustError } from "./trust-error.ts";
import * as x509 from "./x509.ts";

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export interface IssuedServerCertificate extends IssuedCertificate {
  readonly privateKeyPem: string;
  /** The leaf, then the authority: clients that know only the authority's pin find it here. */
  readonly chainPem: string;
}

/** A certificate authority whose key is in this process. */
export interface Authority {
  readonly certificatePem: string;
  readonly pin: SpkiPin;
  readonly notAfter: Date;
  /** PKCS #8 in PEM, to be sealed before it is stored. A function, so that printing an authority prints no key. */
  exportPrivateKey(): Promise<string>;
  /** One URI SAN and the given usages; whatever names the request asks for are ignored. Throws `CSR_INVALID`, `AUTHORITY_EXPIRED`. */
  issueFromCsr(request: {
    readonly csr: string;
    readonly uriSan: string;
    readonly ttlMs: number;
    readonly usages: readonly CertificateUsage[];
  }): Promise<IssuedCertificate>;
  /** A new key and a certificate for it, with serverAuth. Throws `AUTHORITY_EXPIRED`. */
  issueServerCertificate(request: {
    readonly dnsNames: readonly string[];
    readonly ips: readonly string[];
    readonly ttlMs: number;
  }): Promise<IssuedServerCertificate>;
}

/**
 * A new self-signed EC P-256 authority. `pathLength` is how many authorities may stand between it and a leaf (default 0);
 * `ttlMs` in milliseconds from now.
 */
export async function createAuthority(options: {
  readonly commonName: string;
  readonly ttlMs: number;
  readonly clock: Clock;
  readonly pathLength?: number;
}): Promise<Authority> {
  const keys = await generateKeyPair();
  const now = options.clock.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: [{ CN: [options.commonName] }],
    notBefore: new Date(now - backdatingMs),
    notAfter: new Date(now + options.ttlMs),
    signingAlgorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, options.pathLength ?? 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return authorityOf(certificate, keys, options.clock);
}

/** An authority from its stored parts. Throws `KEY_MISMATCH` when the key is not the certificate's. */
export async function openAuthority(options: {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly clock: Clock;
}): Promise<Authority> {
  const matches = new X509Certificate(options.certificatePem).checkPrivateKey(
    createPrivateKey(options.privateKeyPem),
  );
  if (!matches)
    throw new TrustError("KEY_MISMATCH", "The authority's key does not belong to its certificate.");
  const keys = await importKeyPair(options.privateKeyPem);
  return authorityOf(new x509.X509Certificate(options.certificatePem), keys, options.clock);
}

function authorityOf(
  certificate: x509.X509Certificate,
  keys: webcrypto.CryptoKeyPair,
  clock: Clock,
): Authority {
  const issuer = { certificate, signingKey: keys.privateKey };
  const { certificatePem, notAfter } = describe(certificate);
  return {
    certificatePem,
    pin: spkiPin(certificatePem),
    notAfter,
    exportPrivateKey: () => exportPrivateKey(keys.privateKey),
    async issueFromCsr({ csr, uriSan, ttlMs, usages }) {
      const { spki } = await verifyRequest(csr);
      const names: x509.JsonGeneralNames = [{ type: "url", value: uriSan }];
      return issueLeaf(issuer, { spki, names, usages, ...clampValidity(clock.now(), ttlMs, certificate) });
    },
    async issueServerCertificate({ dnsNames, ips, ttlMs }) {
      const serverKeys = await generateKeyPair();
      const names: x509.JsonGeneralNames = [
        ...dnsNames.map((value) => ({ type: "dns" as const, value })),
        ...ips.map((value) => ({ type: "ip" as const, value })),
      ];
      const issued = await issueLeaf(issuer, {
        spki: new Uint8Array((await x509.PublicKey.create(serverKeys.publicKey)).rawData),
        names,
        usages: ["serverAuth"],
        ...clampValidity(clock.now(), ttlMs, certificate),
      });
      return {
        ...issued,
        privateKeyPem: await exportPrivateKey(serverKeys.privateKey),
        chainPem: `${issued.certificatePem}\n${certificatePem}\n`,
      };
    },
  };
}
