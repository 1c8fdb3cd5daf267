import { createHash, X509Certificate } from "node:crypto";
import * as x509 from "./x509.ts";

const oid = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAlternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;

/** The extensions whose meaning path validation knows; another one that is critical refuses the path (RFC 5280 §4.2). */
const understood: ReadonlySet<string> = new Set([
  oid.subjectKeyIdentifier,
  oid.keyUsage,
  oid.subjectAlternativeName,
  oid.basicConstraints,
  oid.authorityKeyIdentifier,
  oid.extendedKeyUsage,
]);

const strongSignatures: ReadonlySet<string> = new Set([
  "1.2.840.10045.4.3.2", // ecdsa-with-SHA256
  "1.2.840.10045.4.3.3", // ecdsa-with-SHA384
  "1.2.840.10045.4.3.4", // ecdsa-with-SHA512
  "1.2.840.113549.1.1.11", // sha256WithRSAEncryption
  "1.2.840.113549.1.1.12", // sha384WithRSAEncryption
  "1.2.840.113549.1.1.13", // sha512WithRSAEncryption
  "1.3.101.112", // Ed25519
]);

/** What path validation wants to know of a certificate, read once. Names are DER in hexadecimal, so that they compare exactly. */
export interface PathCertificate {
  readonly fingerprint: string;
  readonly x509: X509Certificate;
  readonly subject: string;
  readonly issuer: string;
  readonly subjectKeyId: string | undefined;
  readonly authorityKeyId: string | undefined;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Undefined without a basicConstraints extension. */
  readonly constraints:
    | { readonly ca: boolean; readonly pathLength: number | undefined; readonly critical: boolean }
    | undefined;
  readonly keyUsage: number | undefined;
  readonly extendedUsages: readonly string[] | undefined;
  /** Why it can be in no path, whatever its place: an unknown critical extension, a weak signature and the like. */
  readonly defect: string | undefined;
}

/** Throws when `certificate` is not a certificate. */
export function readCertificate(certificate: string | X509Certificate): PathCertificate {
  const node = typeof certificate === "string" ? new X509Certificate(certificate) : certificate;
  const parsed = new x509.X509Certificate(new Uint8Array(node.raw));
  const constraints = parsed.getExtension(x509.BasicConstraintsExtension);
  return {
    fingerprint: createHash("sha256").update(node.raw).digest("hex"),
    x509: node,
    subject: hex(parsed.subjectName.toArrayBuffer()),
    issuer: hex(parsed.issuerName.toArrayBuffer()),
    subjectKeyId: parsed.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
    authorityKeyId: parsed.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId,
    notBefore: parsed.notBefore.getTime(),
    notAfter: parsed.notAfter.getTime(),
    constraints: constraints
      ? { ca: constraints.ca, pathLength: constraints.pathLength, critical: constraints.critical }
      : undefined,
    keyUsage: parsed.getExtension(x509.KeyUsagesExtension)?.usages,
    extendedUsages: parsed.getExtension(x509.ExtendedKeyUsageExtension)?.usages.map(String),
    defect: defectOf(node, parsed),
  };
}

function defectOf(node: X509Certificate, parsed: x509.X509Certificate): string | undefined {
  const types = parsed.extensions.map((extension) => extension.type);
  if (new Set(types).size !== types.length) return "it carries an extension twice";
  const unknown = parsed.extensions.find(
    (extension) => extension.critical && !understood.has(extension.type),
  );
  if (unknown) return `its critical extension ${unknown.type} is not understood`;
  if (types.includes(oid.nameConstraints)) return "it has name constraints, which are not supported";
  if (!strongSignatures.has(node.signatureAlgorithmOid ?? ""))
    return "its signature algorithm is not accepted";
  const { namedCurve, modulusLength } = node.publicKey.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined && modulusLength < 2048) return "its RSA key is shorter than 2048 bits";
  if (namedCurve !== undefined && !["prime256v1", "secp384r1", "secp521r1"].includes(namedCurve))
    return `its curve ${namedCurve} is not accepted`;
  return undefined;
}

function hex(buffer: ArrayBuffer): string {
  return Buffer.from(buffer).toString("hex");
}
