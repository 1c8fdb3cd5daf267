import { X509Certificate } from "node:crypto";

/** The name an agent's certificate carries as its one URI SAN (SPIFFE ID). */
export function agentUri(trustDomain: string, clusterUid: string): string {
  return `spiffe://${trustDomain}/agent/${clusterUid}`;
}

export interface AgentCertificate {
  readonly trustDomain: string;
  readonly clusterUid: string;
  /** Lower-case hexadecimal. */
  readonly serial: string;
  /** Ms since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

const sanPattern = /^URI:spiffe:\/\/([a-z0-9._-]{1,255})\/agent\/([A-Za-z0-9_-]{1,63})$/;

/** Who a certificate says its holder is; whether to believe it is TLS's business. Undefined when it is no agent's, or no certificate. */
export function readAgentCertificate(certificate: string | Uint8Array): AgentCertificate | undefined {
  const parsed = parse(certificate);
  const [, trustDomain, clusterUid] = sanPattern.exec(parsed?.subjectAltName ?? "") ?? [];
  if (!parsed || trustDomain === undefined || clusterUid === undefined) return undefined;
  return {
    trustDomain,
    clusterUid,
    serial: parsed.serialNumber.toLowerCase(),
    notBefore: parsed.validFromDate.getTime(),
    notAfter: parsed.validToDate.getTime(),
  };
}

function parse(certificate: string | Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(certificate);
  } catch {
    return undefined;
  }
}
