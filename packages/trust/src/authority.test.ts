import { createPrivateKey, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createAuthority, openAuthority } from "./authority.ts";
import { createKeyAndCsr, verifyRequest } from "./certificate-request.ts";
import { generateKeyPair, signingAlgorithm } from "./key-pair.ts";
import { spkiPin } from "./spki-pin.ts";
import { validatePath } from "./validate-path.ts";
import * as x509 from "./x509.ts";

const day = 86_400_000;
const start = Date.UTC(2030, 0, 1);
const clock = { now: () => start };
const uriSan = "spiffe://heddle.example/agent/5b0c";

const newAuthority = (ttlMs = 3650 * day) => createAuthority({ commonName: "Heddle test", ttlMs, clock });

describe("an authority", () => {
  it("issues what the server decided, not what the request asked for", async () => {
    const authority = await newAuthority();
    const keys = await generateKeyPair();
    const greedy = await x509.Pkcs10CertificateRequestGenerator.create({
      name: "CN=admin",
      keys,
      signingAlgorithm,
      extensions: [
        new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "server.example" }]),
        new x509.BasicConstraintsExtension(true),
      ],
    });
    const issued = await authority.issueFromCsr({
      csr: greedy.toString("pem"),
      uriSan,
      ttlMs: day,
      usages: ["clientAuth"],
    });
    const certificate = new X509Certificate(issued.certificatePem);
    expect(certificate.subjectAltName).toBe(`URI:${uriSan}`);
    expect(certificate.subject ?? "").toBe("");
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(issued.serial).toMatch(/^[4-7][0-9a-f]{31}$/);
    expect(issued.notBefore.getTime()).toBe(start - 5 * 60_000);
    expect(issued.notAfter.getTime()).toBe(start + day);
  });

  it("never issues beyond its own validity", async () => {
    const authority = await newAuthority(2 * day);
    const { csrPem } = await createKeyAndCsr();
    const issued = await authority.issueFromCsr({
      csr: csrPem,
      uriSan,
      ttlMs: 30 * day,
      usages: ["clientAuth"],
    });
    expect(issued.notAfter).toEqual(authority.notAfter);
  });

  it("issues nothing once it has expired", async () => {
    const authority = await createAuthority({ commonName: "old", ttlMs: -1000, clock });
    const { csrPem } = await createKeyAndCsr();
    await expect(
      authority.issueFromCsr({ csr: csrPem, uriSan, ttlMs: day, usages: ["clientAuth"] }),
    ).rejects.toMatchObject({ code: "AUTHORITY_EXPIRED" });
  });

  it("puts itself into a server's chain, for clients that know its pin", async () => {
    const authority = await newAuthority();
    const issued = await authority.issueServerCertificate({
      dnsNames: ["relay.example"],
      ips: ["127.0.0.1", "::1"],
      ttlMs: day,
    });
    const [leaf = "", root = ""] = issued.chainPem.split(/(?<=-----END CERTIFICATE-----)\n/);
    expect(spkiPin(root)).toBe(authority.pin);
    expect(new X509Certificate(leaf).checkHost("relay.example")).toBe("relay.example");
    expect(new X509Certificate(leaf).checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(new X509Certificate(leaf).checkPrivateKey(createPrivateKey(issued.privateKeyPem))).toBe(true);
  });

  it("opens again from what was stored, and only with its own key", async () => {
    const authority = await newAuthority();
    const stored = {
      certificatePem: authority.certificatePem,
      privateKeyPem: await authority.exportPrivateKey(),
    };
    const reopened = await openAuthority({ ...stored, clock });
    const { csrPem } = await createKeyAndCsr();
    const issued = await reopened.issueFromCsr({ csr: csrPem, uriSan, ttlMs: day, usages: ["clientAuth"] });
    expect(
      validatePath({
        leaf: issued.certificatePem,
        intermediates: [],
        roots: [authority.certificatePem],
        at: start,
        usage: "clientAuth",
      }),
    ).toMatchObject({ ok: true });
    const stranger = await newAuthority();
    await expect(
      openAuthority({ ...stored, certificatePem: stranger.certificatePem, clock }),
    ).rejects.toMatchObject({ code: "KEY_MISMATCH" });
  });

  it("shows no key when it is printed", async () => {
    expect(JSON.stringify(await newAuthority())).not.toContain("PRIVATE");
  });
});

describe("a certificate request", () => {
  it("is verified and names its key by the pin its certificate will have", async () => {
    const authority = await newAuthority();
    const { csrPem } = await createKeyAndCsr();
    const issued = await authority.issueFromCsr({ csr: csrPem, uriSan, ttlMs: day, usages: ["clientAuth"] });
    expect((await verifyRequest(csrPem)).pin).toBe(spkiPin(issued.certificatePem));
  });

  it("is refused when its signature is not by its own key", async () => {
    const { csrPem } = await createKeyAndCsr();
    const der = Buffer.from(new x509.Pkcs10CertificateRequest(csrPem).rawData);
    const last = der.length - 1;
    der[last] = (der[last] ?? 0) ^ 1;
    const forged = new x509.Pkcs10CertificateRequest(new Uint8Array(der)).toString("pem");
    await expect(verifyRequest(forged)).rejects.toMatchObject({ code: "CSR_INVALID" });
  });

  it.each([
    ["no request", "hello"],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"],
    ["a flood", "A".repeat(20_000)],
  ])("is refused when it is %s", async (_name, text) => {
    await expect(verifyRequest(text)).rejects.toMatchObject({ code: "CSR_INVALID" });
  });
});
