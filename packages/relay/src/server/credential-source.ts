import { experimental, type ServerCredentials } from "@grpc/grpc-js";

/** What the relay's listener shows and trusts, in PEM. */
export interface ServerTls {
  /** Leaf first; with the authority last, so that agents that know only its pin can find it. */
  readonly certificateChainPem: string;
  readonly privateKeyPem: string;
  /** The authorities that agent certificates come from. */
  readonly clientCaBundlePem: string;
}

type Provider = Parameters<typeof experimental.createCertificateProviderServerCredentials>[0];
type CaListener = Parameters<Provider["addCaCertificateListener"]>[0];
type IdentityListener = Parameters<Provider["addIdentityCertificateListener"]>[0];

/** gRPC's certificate provider over values that can be replaced while it listens: new connections get the new ones. */
export class CredentialSource implements Provider {
  readonly #caListeners = new Set<CaListener>();
  readonly #identityListeners = new Set<IdentityListener>();

  /** Asks clients for a certificate but takes those without: enrolment has none yet. Each other method checks for itself. */
  createCredentials(): ServerCredentials {
    return experimental.createCertificateProviderServerCredentials(this, this, false);
  }

  /** To be called once a server uses the credentials, and again for each change. */
  publish(tls: ServerTls): void {
    const caCertificate = Buffer.from(tls.clientCaBundlePem);
    for (const listener of this.#caListeners) listener({ caCertificate });
    const identity = {
      certificate: Buffer.from(tls.certificateChainPem),
      privateKey: Buffer.from(tls.privateKeyPem),
    };
    for (const listener of this.#identityListeners) listener(identity);
  }

  addCaCertificateListener(listener: CaListener): void {
    this.#caListeners.add(listener);
  }
  removeCaCertificateListener(listener: CaListener): void {
    this.#caListeners.delete(listener);
  }
  addIdentityCertificateListener(listener: IdentityListener): void {
    this.#identityListeners.add(listener);
  }
  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.#identityListeners.delete(listener);
  }
}
