import type { ServerDuplexStream, ServerUnaryCall } from "@grpc/grpc-js";
import { type AgentCertificate, readAgentCertificate } from "../agent-certificate.ts";
import { RelayError } from "../relay-error.ts";
import type { AuthorityPort, RelayCluster } from "./ports.ts";

type Call = Pick<
  ServerUnaryCall<unknown, unknown> | ServerDuplexStream<unknown, unknown>,
  "getAuthContext" | "getPeer"
>;

export interface Caller {
  readonly certificate: AgentCertificate;
  readonly cluster: RelayCluster;
}

/** The address without the port, for rate limits. */
export function hostOf(call: Call): string {
  return call.getPeer().replace(/:\d+$/, "");
}

/**
 * Who calls, by the certificate that TLS verified and nothing else. gRPC shows a peer's certificate only if its path was valid. Throws
 * the `RelayError` to answer with.
 */
export async function identify(
  call: Call,
  options: { readonly trustDomain: string; readonly authority: AuthorityPort; readonly now: () => number },
): Promise<Caller> {
  const raw = call.getAuthContext().sslPeerCertificate?.raw;
  const certificate = raw && readAgentCertificate(raw);
  if (certificate?.trustDomain !== options.trustDomain) throw new RelayError("RELAY_CERTIFICATE_REQUIRED");
  if (options.now() > certificate.notAfter) throw new RelayError("RELAY_CERTIFICATE_EXPIRED");
  const { clusterUid, serial } = certificate;
  const answer = await options.authority.authorise({ clusterUid, serial });
  if (!answer.ok) throw new RelayError(answer.code);
  if (answer.cluster.uid !== clusterUid) throw new RelayError("RELAY_CLUSTER_MISMATCH");
  return { certificate, cluster: answer.cluster };
}
