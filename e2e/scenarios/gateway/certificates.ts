import { createAuthority, createKeyAndCsr } from "@heddle/trust";
import { must } from "../../src/mesh/network/host-command.ts";
import type { ClientTls } from "../../src/mesh/pod/pod-protocol.ts";
import type { SecretSpec } from "../../src/mesh/pod/pod-spec.ts";

const ttlMs = 24 * 60 * 60_000;
const clock = { now: () => Date.now() };
type Authority = Awaited<ReturnType<typeof createAuthority>>;

const authority = (commonName: string) => createAuthority({ commonName, ttlMs, clock });

/** The CA of what gateways show. */
export const servers = await authority("servers");
/** The CA of clients that are expected, and one of clients that are not. */
export const clients = await authority("clients");
export const strangers = await authority("strangers");

/** A Secret beside the gateway with a certificate for a host, and the CA of its clients where given. */
export async function certificateSecret(
  name: string,
  host: string,
  clientCa?: Authority,
): Promise<SecretSpec> {
  const issued = await servers.issueServerCertificate({ dnsNames: [host], ips: [], ttlMs });
  return beside(name, {
    "tls.crt": issued.chainPem,
    "tls.key": issued.privateKeyPem,
    ...(clientCa && { "ca.crt": clientCa.certificatePem }),
  });
}

/** The same with an RSA key, for a URI instead of a host. */
export async function rsaCertificateSecret(name: string, uriSan: string): Promise<SecretSpec> {
  const request = ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=rsa", "-keyout", "-"];
  const [key, csr] = (await must("openssl", request)).split(/(?=-----BEGIN CERTIFICATE REQUEST-----)/);
  if (key === undefined || csr === undefined) throw new Error("openssl made no key with a request");
  const issued = await servers.issueFromCsr({ csr, uriSan, ttlMs, usages: ["serverAuth"] });
  return beside(name, { "tls.crt": issued.certificatePem, "tls.key": key });
}

/** A Secret beside the gateway with the certificate of a CA alone. */
export function caSecret(name: string, { certificatePem }: Authority): SecretSpec {
  return beside(name, { "ca.crt": certificatePem });
}

/** A client's certificate for a name, a URI. */
export async function clientIdentity(ca: Authority, uriSan: string): Promise<Pick<ClientTls, "identity">> {
  const { privateKeyPem, csrPem } = await createKeyAndCsr();
  const issued = await ca.issueFromCsr({ csr: csrPem, uriSan, ttlMs, usages: ["clientAuth"] });
  return { identity: { certificate: issued.certificatePem, key: privateKeyPem } };
}

function beside(name: string, data: SecretSpec["data"]): SecretSpec {
  return { name, namespace: "edge", data };
}
