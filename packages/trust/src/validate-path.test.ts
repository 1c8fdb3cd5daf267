import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { usageOids } from "./issue-certificate.ts";
import { generateKeyPair, signingAlgorithm } from "./key-pair.ts";
import { type PathProblemCode, validatePath } from "./validate-path.ts";
import * as x509 from "./x509.ts";

const day = 86_400_000;
const now = Date.UTC(2030, 5, 1);
const { keyCertSign, digitalSignature } = x509.KeyUsageFlags;

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
interface Made {
  readonly certificate: x509.X509Certificate;
  readonly keys: Keys;
}
interface Shape {
  readonly name?: string;
  readonly ca?: boolean;
  readonly noConstraints?: boolean;
  readonly lax?: boolean;
  readonly pathLength?: number;
  readonly keyUsage?: number | null;
  readonly usages?: readonly string[] | null;
  readonly from?: number;
  readonly until?: number;
  readonly extra?: readonly x509.Extension[];
  readonly keys?: Keys;
  /** Signs with this key though it names its issuer. */
  readonly forgedBy?: Keys;
}

let count = 0;
async function make(issuer: Made | undefined, shape: Shape): Promise<Made> {
  const keys = shape.keys ?? (await generateKeyPair());
  const subject = `CN=${shape.name ?? `certificate ${++count}`}`;
  const { ca = false, keyUsage = ca ? keyCertSign : digitalSignature } = shape;
  const usages = shape.usages === undefined ? (ca ? null : [usageOids.clientAuth]) : shape.usages;
  const constraints = new x509.BasicConstraintsExtension(ca, shape.pathLength, !shape.lax);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: (1000 + ++count).toString(16),
    subject,
    issuer: issuer ? issuer.certificate.subjectName : subject,
    notBefore: new Date(shape.from ?? now - day),
    notAfter: new Date(shape.until ?? now + day),
    signingAlgorithm,
    publicKey: keys.publicKey,
    signingKey: (shape.forgedBy ?? issuer?.keys ?? keys).privateKey,
    extensions: [
      ...(shape.noConstraints ? [] : [constraints]),
      ...(keyUsage === null ? [] : [new x509.KeyUsagesExtension(keyUsage, true)]),
      ...(usages ? [new x509.ExtendedKeyUsageExtension([...usages])] : []),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create((issuer?.keys ?? keys).publicKey),
      ...(shape.extra ?? []),
    ],
  });
  return { certificate, keys };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "heddle-path-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What OpenSSL says of the same path at the same moment. */
function openssl(leaf: Made, intermediates: readonly Made[], root: Made): boolean {
  const write = (name: string, certificates: readonly Made[]) => {
    writeFileSync(join(folder, name), certificates.map((one) => one.certificate.toString("pem")).join("\n"));
    return join(folder, name);
  };
  const purpose = ["-x509_strict", "-purpose", "sslclient", "-attime", String(now / 1000)];
  const untrusted = intermediates.length > 0 ? ["-untrusted", write("intermediates.pem", intermediates)] : [];
  const files = ["-CAfile", write("roots.pem", [root]), ...untrusted];
  try {
    execFileSync("openssl", ["verify", ...purpose, ...files, write("leaf.pem", [leaf])], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}

const root: Shape = { ca: true };
const middle: Shape = { ca: true, pathLength: 0 };
const unknownCritical = new x509.Extension("1.3.6.1.4.1.99999.1", true, new Uint8Array([5, 0]));
const unknownHarmless = new x509.Extension("1.3.6.1.4.1.99999.1", false, new Uint8Array([5, 0]));

interface Case {
  readonly name: string;
  /** Root first, leaf last. */
  readonly chain: readonly Shape[];
  readonly verdict: "ok" | PathProblemCode;
  /** Set where we are stricter than OpenSSL on purpose. */
  readonly stricter?: true;
}
const cases: readonly Case[] = [
  { name: "leaf under the root", chain: [root, {}], verdict: "ok" },
  { name: "leaf under an intermediate", chain: [root, middle, {}], verdict: "ok" },
  {
    name: "two intermediates, root allows one",
    chain: [{ ...root, pathLength: 1 }, { ca: true }, middle, {}],
    verdict: "PathTooLong",
  },
  {
    name: "two intermediates, first allows none",
    chain: [root, middle, { ca: true }, {}],
    verdict: "PathTooLong",
  },
  {
    name: "three intermediates, all allowed",
    chain: [{ ...root, pathLength: 3 }, { ca: true, pathLength: 2 }, { ca: true, pathLength: 1 }, middle, {}],
    verdict: "ok",
  },
  {
    name: "issuer is no authority",
    chain: [root, { ca: false, keyUsage: keyCertSign }, {}],
    verdict: "NotAnAuthority",
  },
  {
    name: "issuer has no basic constraints",
    chain: [root, { noConstraints: true, keyUsage: keyCertSign }, {}],
    verdict: "NotAnAuthority",
  },
  {
    name: "issuer's basic constraints are not critical",
    chain: [root, { ca: true, lax: true }, {}],
    verdict: "NotAnAuthority",
  },
  {
    name: "issuer may not sign certificates",
    chain: [root, { ca: true, keyUsage: digitalSignature }, {}],
    verdict: "WrongKeyUsage",
  },
  {
    name: "issuer has no key usage",
    chain: [root, { ca: true, keyUsage: null }, {}],
    verdict: "WrongKeyUsage",
  },
  {
    name: "root is no authority",
    chain: [{ ca: false, keyUsage: keyCertSign }, {}],
    verdict: "NotAnAuthority",
  },
  { name: "expired leaf", chain: [root, { until: now - 1000 }], verdict: "Expired" },
  { name: "leaf of tomorrow", chain: [root, { from: now + 1000 }], verdict: "NotYetValid" },
  { name: "expired intermediate", chain: [root, { ...middle, until: now - 1000 }, {}], verdict: "Expired" },
  { name: "expired root", chain: [{ ...root, until: now - 1000 }, {}], verdict: "Expired" },
  {
    name: "leaf for servers only",
    chain: [root, { usages: [usageOids.serverAuth] }],
    verdict: "WrongExtendedKeyUsage",
  },
  {
    name: "leaf for both",
    chain: [root, { usages: [usageOids.serverAuth, usageOids.clientAuth] }],
    verdict: "ok",
  },
  {
    name: "leaf for nothing named",
    chain: [root, { usages: null }],
    verdict: "WrongExtendedKeyUsage",
    stricter: true,
  },
  {
    name: "intermediate for servers only",
    chain: [root, { ...middle, usages: [usageOids.serverAuth] }, {}],
    verdict: "WrongExtendedKeyUsage",
  },
  {
    name: "leaf not for signatures",
    chain: [root, { keyUsage: x509.KeyUsageFlags.keyEncipherment }],
    verdict: "WrongKeyUsage",
  },
  {
    name: "authority used as a leaf",
    chain: [root, { ca: true, keyUsage: keyCertSign | digitalSignature, usages: [usageOids.clientAuth] }],
    verdict: "UnacceptableCertificate",
    stricter: true,
  },
  {
    name: "unknown critical extension in the leaf",
    chain: [root, { extra: [unknownCritical] }],
    verdict: "UnacceptableCertificate",
  },
  {
    name: "unknown critical extension in an intermediate",
    chain: [root, { ...middle, extra: [unknownCritical] }, {}],
    verdict: "UnacceptableCertificate",
  },
  {
    name: "unknown extension that is not critical",
    chain: [root, { extra: [unknownHarmless] }],
    verdict: "ok",
  },
];

async function build(chain: readonly Shape[]): Promise<readonly Made[]> {
  const made: Made[] = [];
  for (const shape of chain) made.push(await make(made.at(-1), shape));
  return made;
}

function validate(leaf: Made, intermediates: readonly Made[], roots: readonly Made[], at = now) {
  const pem = (one: Made) => one.certificate.toString("pem");
  return validatePath({
    leaf: pem(leaf),
    intermediates: intermediates.map(pem),
    roots: roots.map(pem),
    at,
    usage: "clientAuth",
  });
}

describe("a path", () => {
  it.each(cases)("$name: $verdict, and OpenSSL agrees", async ({ chain, verdict, stricter }) => {
    const [anchor, ...rest] = await build(chain);
    const leaf = rest.pop();
    if (!anchor || !leaf) throw new Error("a case needs a root and a leaf");
    const result = validate(leaf, rest, [anchor]);
    expect(result.ok ? "ok" : result.code).toBe(verdict);
    expect(openssl(leaf, rest, anchor)).toBe(result.ok || stricter === true);
  });

  it("is refused when the issuer's name is right and its signature is not", async () => {
    const [anchor] = await build([root]);
    if (!anchor) throw new Error("no root");
    const forged = await make(anchor, { forgedBy: await generateKeyPair() });
    expect(validate(forged, [], [anchor])).toMatchObject({ ok: false, code: "BadSignature" });
    expect(openssl(forged, [], anchor)).toBe(false);
  });

  it("is refused under another root of the same name", async () => {
    const anchor = await make(undefined, { ca: true, name: "Twin" });
    const twin = await make(undefined, { ca: true, name: "Twin" });
    const leaf = await make(anchor, {});
    expect(validate(leaf, [], [twin])).toMatchObject({ ok: false, code: "NoPathToRoot" });
    expect(validate(leaf, [], [twin, anchor])).toMatchObject({ ok: true });
  });

  it("is found around an expired intermediate by its renewal with the same key", async () => {
    const anchor = await make(undefined, root);
    const old = await make(anchor, { ...middle, name: "Issuer", until: now - 1000 });
    const renewed = await make(anchor, { ...middle, name: "Issuer", keys: old.keys });
    const leaf = await make(old, {});
    expect(validate(leaf, [old, renewed], [anchor])).toMatchObject({ ok: true });
    expect(validate(leaf, [old], [anchor])).toMatchObject({ ok: false, code: "Expired" });
    expect(openssl(leaf, [old, renewed], anchor)).toBe(true);
  });

  it("never ends at a certificate that was only sent along", async () => {
    const anchor = await make(undefined, root);
    const stranger = await make(undefined, root);
    const leaf = await make(stranger, {});
    expect(validate(leaf, [stranger], [anchor])).toMatchObject({ ok: false, code: "NoPathToRoot" });
    expect(validate(anchor, [], [anchor])).toMatchObject({ ok: false });
  });

  it("costs bounded work when many authorities share one name", async () => {
    const keys = await generateKeyPair();
    const anchor = await make(undefined, { ca: true, name: "Loop", keys });
    const maze = await Promise.all(
      Array.from({ length: 12 }, () => make(anchor, { ca: true, name: "Loop", keys, until: now + day })),
    );
    const stranger = await make(undefined, root);
    const leaf = await make(anchor, {});
    expect(validate(leaf, maze, [stranger])).toMatchObject({ ok: false });
  });

  it("reports text that is no certificate", () => {
    const nonsense = {
      leaf: "nonsense",
      intermediates: [],
      roots: [],
      at: now,
      usage: "clientAuth",
    } as const;
    expect(validatePath(nonsense)).toMatchObject({ ok: false, code: "Malformed" });
  });
});
