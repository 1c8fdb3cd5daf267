import { durationMs } from "@heddle/api";
import {
  type AuthorityPort,
  agentUri,
  type IssuedIdentity,
  type Refusal,
  type RelayErrorCode,
} from "@heddle/relay";
import { type Store, StoreError, type StoreErrorCode } from "@heddle/store";
import { type Authority, TrustError, verifyRequest } from "@heddle/trust";
import { clusterResourceKey } from "../fleet/cluster-facts.ts";
import type { Fleet } from "../fleet/fleet.ts";

const defaultTtlMs = durationMs("24h");

const refusals: Partial<Record<StoreErrorCode, RelayErrorCode>> = {
  EnrolmentTokenUnknown: "RELAY_TOKEN_UNKNOWN",
  EnrolmentTokenExpired: "RELAY_TOKEN_EXPIRED",
  EnrolmentTokenUsed: "RELAY_TOKEN_USED",
  ClusterNameTaken: "RELAY_CLUSTER_MISMATCH",
  ClusterUnknown: "RELAY_CLUSTER_UNKNOWN",
  CertificateUnknown: "RELAY_CLUSTER_UNKNOWN",
  CertificateRevoked: "RELAY_REVOKED",
  CertificateExpired: "RELAY_CERTIFICATE_EXPIRED",
};

export interface AgentAuthorityOptions {
  readonly store: Store;
  readonly fleet: Pick<Fleet, "resources">;
  readonly authority: Authority;
  readonly trustDomain: string;
  readonly drift: "repair" | "report";
}

/** Decides which agents may connect: one-time tokens become certificates that are bound to one cluster and can be revoked. */
export function agentAuthority({
  store,
  fleet,
  authority,
  trustDomain,
  drift,
}: AgentAuthorityOptions): AuthorityPort {
  /** Issues for a cluster and has it recorded before the agent gets it. */
  const issue = async (
    cluster: { readonly name: string; readonly uid: string },
    csr: string,
    record: (issued: { readonly serial: string; readonly notAfter: string }) => Promise<unknown>,
  ): Promise<IssuedIdentity> => {
    const ttlMs = certificateTtl(fleet, cluster.name);
    const uriSan = agentUri(trustDomain, cluster.uid);
    const issued = await authority.issueFromCsr({ csr, uriSan, ttlMs, usages: ["clientAuth"] });
    await record({ serial: issued.serial, notAfter: issued.notAfter.toISOString() });
    return {
      ok: true,
      certificateChainPem: issued.certificatePem,
      caBundlePem: authority.certificatePem,
      renewAfterSeconds: Math.round(ttlMs / 2000),
    };
  };

  return {
    enrol: ({ tokenHash, csr, facts }) =>
      refusing(async () => {
        const { pin } = await verifyRequest(csr);
        const { cluster: name } = await store.enrolment.consume(tokenHash, pin);
        const cluster = await store.clusters.register({ name, uid: facts.clusterUid });
        const identity = await issue(cluster, csr, (issued) =>
          store.certificates.issue({ ...issued, cluster: name }),
        );
        await store.audit.append({
          actor: `agent:${name}`,
          action: "cluster.enrol",
          target: name,
          detail: { uid: facts.clusterUid },
        });
        return identity;
      }),
    renew: ({ clusterUid, serial, csr }) =>
      refusing(async () => {
        const { cluster: name } = await store.certificates.check(serial);
        const cluster = await store.clusters.get(name);
        if (cluster === undefined) return refusal("RELAY_CLUSTER_UNKNOWN");
        if (cluster.uid !== clusterUid) return refusal("RELAY_CLUSTER_MISMATCH");
        return issue(cluster, csr, (issued) => store.certificates.renew(serial, issued));
      }),
    authorise: ({ clusterUid, serial }) =>
      refusing(async () => {
        const { cluster: name } = await store.certificates.check(serial);
        const cluster = await store.clusters.get(name);
        if (cluster === undefined) return refusal("RELAY_CLUSTER_UNKNOWN");
        if (cluster.uid !== clusterUid) return refusal("RELAY_CLUSTER_MISMATCH");
        return { ok: true, cluster: { uid: cluster.uid, name, driftMode: drift } };
      }),
  };
}

function certificateTtl(fleet: Pick<Fleet, "resources">, cluster: string): number {
  const resource = fleet.resources.get(clusterResourceKey(cluster));
  if (resource?.kind !== "Cluster" || resource.spec.agent === undefined) return defaultTtlMs;
  return durationMs(resource.spec.agent.certificateTTL);
}

function refusal(code: RelayErrorCode): Refusal {
  return { ok: false, code };
}

/** Refusals of the store and of the authority as the relay says them; anything else is a fault and goes on. */
async function refusing<T>(work: () => Promise<T | Refusal>): Promise<T | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TrustError && error.code === "CSR_INVALID") return refusal("RELAY_CSR_INVALID");
    const code = error instanceof StoreError ? refusals[error.code] : undefined;
    if (code === undefined) throw error;
    return refusal(code);
  }
}
