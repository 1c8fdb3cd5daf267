import type { ServerDuplexStream, ServerUnaryCall } from "@grpc/grpc-js";
import { type AgentCertificate, readAgentCertificate } from "../agent-certificate.ts";
import { RelayError } from "../relay-error.ts";
import type { AuthorityPort, RelayCluster } from "./ports.ts";

type Call = Pick<
  ServerUnaryCall<unknown, unknown> | ServerDuplexStream<unknown, unknown>,
  "getAuthContext" | "getPeer"
>;

/** The address without the port, for rate limits. */
export function hostOf(call: Call): string {
  return call.getPeer().replace(/:\d+$/, "");
}

/**
 * Who calls, by the certificate that TLS verified and nothing else: gRPC shows a peer's certificate only if its path was valid. Throws the
 * `RelayError` to answer with.
 */
export function certificateOf(call: Call, trustDomain: string, now: number): AgentCertificate {
  const raw = call.getAuthContext().sslPeerCertificate?.raw;
  const certificate = raw && readAgentCertificate(raw);
  if (certificate?.trustDomain !== trustDomain) throw new RelayError("RELAY_CERTIFICATE_REQUIRED");
  if (now > certificate.notAfter) throw new RelayError("RELAY_CERTIFICATE_EXPIRED");
  return certificate;
}

/** The cluster of a certificate, if the authority lets it in. Throws the `RelayError` to answer with. */
export async function clusterOf(
  { clusterUid, serial }: AgentCertificate,
  authority: AuthorityPort,
): Promise<RelayCluster> {
  const answer = await authority.authorise({ clusterUid, serial });
  if (!answer.ok) throw new RelayError(answer.code);
  if (answer.cluster.uid !== clusterUid) throw new RelayError("RELAY_CLUSTER_MISMATCH");
  return answer.cluster;
}
