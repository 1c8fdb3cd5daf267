import { relayServerName, type ServerTls } from "@heddle/relay";
import type { Store } from "@heddle/store";
import {
  type Authority,
  createAuthority,
  loadKeyEncryptionKey,
  openAuthority,
  openKey,
  sealKey,
} from "@heddle/trust";

const name = "agent-authority";
const clock = { now: () => Date.now() };
const day = 86_400_000;
const authorityTtlMs = 3650 * day;

/** How long a certificate of the relay's own listener lasts. */
export const serverCertificateTtlMs = 30 * day;

/**
 * The authority that agents and the relay's listener get their certificates from: made at the first start, its key kept in the database
 * sealed by a key that is not there. Replicas that start at once all get the first one's.
 */
export async function serverAuthority(store: Store, keyFile: string): Promise<Authority> {
  const kek = await loadKeyEncryptionKey(keyFile);
  const kept = await store.keys.get(name);
  const stored = kept ?? (await store.keys.create(await newAuthority()));
  return openAuthority({
    certificatePem: stored.certificatePem,
    privateKeyPem: openKey(Buffer.from(stored.sealed).toString("utf8"), kek, name),
    clock,
  });

  async function newAuthority() {
    const authority = await createAuthority({ commonName: "Heddle agents", ttlMs: authorityTtlMs, clock });
    const sealed = Buffer.from(sealKey(await authority.exportPrivateKey(), kek, name), "utf8");
    return { name, sealed, certificatePem: authority.certificatePem };
  }
}

/** A fresh certificate of the relay's listener. */
export async function relayTls(authority: Authority): Promise<ServerTls> {
  const issued = await authority.issueServerCertificate({
    dnsNames: [relayServerName],
    ips: [],
    ttlMs: serverCertificateTtlMs,
  });
  return {
    certificateChainPem: issued.chainPem,
    privateKeyPem: issued.privateKeyPem,
    clientCaBundlePem: authority.certificatePem,
  };
}
