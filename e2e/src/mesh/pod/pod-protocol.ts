/** What a request asks of the application that answers it, as JSON in its header `x-app`. */
export interface Behaviour {
  readonly delayMs?: number;
  /** How many requests with the same `x-tag` fail before one succeeds. */
  readonly failures?: number;
  /** Status of the failures; 503 unless set. */
  readonly status?: number;
}

/** A request as the application got it; also its answer's body. */
export interface ReceivedRequest {
  readonly version: string;
  /** Of the pod, where there are several. */
  readonly cluster?: string;
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Address of who sent it, as the connection tells. */
  readonly peer?: string;
  /** Of TLS, the name that the client asked for. */
  readonly serverName?: string;
  /** What it carried, if anything. */
  readonly body?: string;
  /** Of a port that takes PROXY headers, what the connection's said. */
  readonly proxy?: ProxyHeader;
  /** Of a processor, the messages that it got about the request, with the number of bytes where they carried a body. */
  readonly messages?: readonly string[];
}

/** A PROXY header; addresses are `ADDRESS:PORT`. */
export interface ProxyHeader {
  readonly version: 1 | 2;
  readonly source: string;
  readonly destination: string;
}

/** What a collector of telemetry got in one request. */
export interface Collected {
  readonly port: number;
  readonly path: string;
  /** Its bytes, each as one character. */
  readonly body: string;
}

type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** How a client speaks TLS. */
export interface ClientTls {
  /** Asked for, and what the certificate must be for. */
  readonly serverName: string;
  /** The CA that it trusts, in PEM; without one it takes any certificate. */
  readonly ca?: string;
  /** What it shows when it is asked for a certificate, in PEM. */
  readonly identity?: { readonly certificate: string; readonly key: string };
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
  /** Cipher suites of TLS 1.2 that it offers, by OpenSSL's names with colons between. */
  readonly ciphers?: string;
}

/** What a client was served by TLS. */
export interface ServedTls {
  /** Of the certificate, as OpenSSL writes it: `DNS:example.com, …`. */
  readonly subjectAltName: string;
  readonly version: string;
  readonly cipher: string;
}

/** What a pod is told to send. */
export interface ClientRequest {
  readonly address: string;
  readonly port: number;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly count: number;
  readonly parallel: number;
  /** Silence after which a request is given up, in ms. */
  readonly timeoutMs: number;
  /** By plain HTTP unless set. */
  readonly tls?: ClientTls;
}

/**
 * What came of one request; status 0 is a broken connection, with the error's code as the body: `TLS_ALERT_48` where the other side ended
 * the handshake with that alert.
 */
export interface ClientAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From sending to the last byte. */
  readonly ms: number;
  /** When it was there, in ms since 1970. */
  readonly at: number;
  /** Where a TLS handshake succeeded, as the client sees it. */
  readonly tls?: ServedTls;
}
