import type { X509Certificate } from "node:crypto";
import { type CertificateUsage, usageOids } from "./issue-certificate.ts";
import { type PathCertificate, readCertificate } from "./path-certificate.ts";
import { KeyUsageFlags } from "./x509.ts";

export type PathProblemCode =
  | "Malformed"
  | "NoPathToRoot"
  | "NotYetValid"
  | "Expired"
  | "NotAnAuthority"
  | "PathTooLong"
  | "WrongKeyUsage"
  | "WrongExtendedKeyUsage"
  | "BadSignature"
  | "UnacceptableCertificate";

export type PathResult =
  | { readonly ok: true /** Leaf first, root last. */; readonly path: readonly X509Certificate[] }
  | { readonly ok: false; readonly code: PathProblemCode; readonly message: string };

export interface PathRequest {
  /** PEM or parsed, as the other certificates. */
  readonly leaf: string | X509Certificate;
  readonly intermediates: readonly (string | X509Certificate)[];
  /** Trusted, but held to the same rules: an expired root or one that is no authority ends no path. */
  readonly roots: readonly (string | X509Certificate)[];
  /** The moment to judge at, in ms since 1970. */
  readonly at: number;
  readonly usage: CertificateUsage;
}

type Problem = Exclude<PathResult, { ok: true }>;

/** Bounds the work that crafted certificates (many authorities of one name) can cause. */
const most = { certificates: 100, signatures: 64, depth: 8 };

/**
 * Finds a path from `leaf` to one of `roots` and checks it as RFC 5280 §6.1 asks, on the strict side: authorities must say CA and
 * keyCertSign, in a critical extension; a leaf must not; extended key usages must name `usage` and nest; unknown critical extensions
 * and name constraints are refused. When there is none, the problem is that of the path which came furthest.
 */
export function validatePath(request: PathRequest): PathResult {
  if (request.intermediates.length + request.roots.length > most.certificates)
    return problem("UnacceptableCertificate", `There are more than ${most.certificates} certificates.`);
  try {
    const search = new PathSearch(request);
    return search.from([readCertificate(request.leaf)]);
  } catch {
    return problem("Malformed", "One of the certificates cannot be read.");
  }
}

class PathSearch {
  readonly #at: number;
  readonly #usage: CertificateUsage;
  readonly #issuers: ReadonlyMap<string, readonly PathCertificate[]>;
  readonly #roots: ReadonlySet<string>;
  #signaturesLeft = most.signatures;

  constructor(request: PathRequest) {
    this.#at = request.at;
    this.#usage = request.usage;
    const roots = request.roots.map(readCertificate);
    this.#roots = new Set(roots.map((root) => root.fingerprint));
    this.#issuers = Map.groupBy(
      [...roots, ...request.intermediates.map(readCertificate)],
      (one) => one.subject,
    );
  }

  /** `path` is leaf first; its last certificate has not been checked yet. */
  from(path: readonly PathCertificate[]): PathResult {
    const last = path.at(-1);
    if (!last) return problem("NoPathToRoot", "There is no certificate.");
    const found = path.length === 1 ? leafProblem(last, this.#usage) : authorityProblem(path, this.#usage);
    if (found) return found;
    const timely = validityProblem(last, this.#at);
    if (timely) return timely;
    if (path.length > 1 && this.#roots.has(last.fingerprint))
      return { ok: true, path: path.map((one) => one.x509) };
    return this.#climb(path, last);
  }

  #climb(path: readonly PathCertificate[], last: PathCertificate): PathResult {
    let furthest = problem("NoPathToRoot", `No trusted authority issued ${nameOf(last)}.`);
    if (path.length >= most.depth)
      return problem("PathTooLong", `The path has more than ${most.depth} certificates.`);
    for (const issuer of this.#issuers.get(last.issuer) ?? []) {
      if (path.some((one) => one.fingerprint === issuer.fingerprint) || !keyIdsAgree(last, issuer)) continue;
      if (this.#signaturesLeft-- <= 0) return problem("NoPathToRoot", "There are too many possible issuers.");
      const result = last.x509.verify(issuer.x509.publicKey)
        ? this.from([...path, issuer])
        : problem("BadSignature", `${nameOf(last)} was not signed by ${nameOf(issuer)}.`);
      if (result.ok) return result;
      if (furthest.code === "NoPathToRoot") furthest = result;
    }
    return furthest;
  }
}

function leafProblem(leaf: PathCertificate, usage: CertificateUsage): Problem | undefined {
  if (leaf.constraints?.ca)
    return problem("UnacceptableCertificate", `${nameOf(leaf)} is an authority, not a leaf.`);
  if (leaf.keyUsage !== undefined && (leaf.keyUsage & KeyUsageFlags.digitalSignature) === 0)
    return problem("WrongKeyUsage", `${nameOf(leaf)} is not for digital signatures.`);
  if (!leaf.extendedUsages)
    return problem("WrongExtendedKeyUsage", `${nameOf(leaf)} does not say what it is for.`);
  return placelessProblem(leaf, usage);
}

function authorityProblem(path: readonly PathCertificate[], usage: CertificateUsage): Problem | undefined {
  const [authority, ...below] = path.toReversed();
  if (!authority) return undefined;
  const { constraints, keyUsage } = authority;
  if (!constraints?.ca || !constraints.critical)
    return problem("NotAnAuthority", `${nameOf(authority)} may not issue certificates.`);
  if (keyUsage === undefined || (keyUsage & KeyUsageFlags.keyCertSign) === 0)
    return problem("WrongKeyUsage", `${nameOf(authority)} may not sign certificates.`);
  const between = below.slice(0, -1).filter((one) => one.subject !== one.issuer).length;
  if (constraints.pathLength !== undefined && between > constraints.pathLength)
    return problem(
      "PathTooLong",
      `${nameOf(authority)} allows ${constraints.pathLength} authorities below it.`,
    );
  return placelessProblem(authority, usage);
}

function placelessProblem(one: PathCertificate, usage: CertificateUsage): Problem | undefined {
  if (one.defect) return problem("UnacceptableCertificate", `${nameOf(one)} is refused: ${one.defect}.`);
  if (one.extendedUsages && !one.extendedUsages.includes(usageOids[usage]))
    return problem("WrongExtendedKeyUsage", `${nameOf(one)} is not for ${usage}.`);
  return undefined;
}

function validityProblem(one: PathCertificate, at: number): Problem | undefined {
  if (at < one.notBefore) return problem("NotYetValid", `${nameOf(one)} is not valid yet.`);
  if (at > one.notAfter) return problem("Expired", `${nameOf(one)} has expired.`);
  return undefined;
}

/** RFC 5280 §4.2.1.1: with both identifiers present, an issuer of the right name with another key is not the issuer. */
function keyIdsAgree(child: PathCertificate, issuer: PathCertificate): boolean {
  return !child.authorityKeyId || !issuer.subjectKeyId || child.authorityKeyId === issuer.subjectKeyId;
}

function nameOf(one: PathCertificate): string {
  return `certificate ${one.x509.serialNumber.toLowerCase()} (${one.x509.subject || one.x509.subjectAltName || "unnamed"})`;
}

function problem(code: PathProblemCode, message: string): Problem {
  return { ok: false, code, message };
}
