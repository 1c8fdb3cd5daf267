import { createHash, type X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect } from "node:tls";
import type { Clock } from "../clock.ts";
import { RelayError } from "../relay-error.ts";
import { within } from "../within.ts";

/** More than any honest chain has. */
const longestChain = 10;

/**
 * Fetches the authority whose key has this pin from the chain that a server shows, in PEM. The connection is not trusted and carries
 * nothing; what comes next is verified against the authority found, which the pin vouches for. Throws `RELAY_SERVER_UNTRUSTED`,
 * `RELAY_UNREACHABLE`, `RELAY_TIMEOUT`.
 */
export async function findAuthority(options: {
  /** `host:port`. */
  readonly address: string;
  readonly pin: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
}): Promise<string> {
  const { host, port } = splitAddress(options.address);
  const name = isIP(host) ? {} : { servername: host };
  const socket = connect({ host, port, ...name, ALPNProtocols: ["h2"], rejectUnauthorized: false });
  const connected = new Promise<void>((resolve, reject) => {
    socket.once("secureConnect", resolve);
    socket.on("error", (cause) => reject(new RelayError("RELAY_UNREACHABLE", { cause })));
  });
  const abort = () => socket.destroy(new Error("stopped"));
  options.signal.addEventListener("abort", abort);
  try {
    await within(options.clock, options.timeoutMs, connected);
    let certificate = socket.getPeerX509Certificate();
    for (let depth = 0; certificate && depth < longestChain; depth++) {
      if (pinOf(certificate) === options.pin) return certificate.toString();
      certificate = certificate.issuerCertificate;
    }
    throw new RelayError("RELAY_SERVER_UNTRUSTED");
  } finally {
    options.signal.removeEventListener("abort", abort);
    socket.destroy();
  }
}

function pinOf(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ format: "der", type: "spki" });
  return `sha256:${createHash("sha256").update(spki).digest("hex")}`;
}

function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(`https://${address}`);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 443) };
}
