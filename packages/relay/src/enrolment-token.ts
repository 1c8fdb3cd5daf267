import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { RelayError } from "./relay-error.ts";

const prefix = "heddle1.";
const secretBytes = 32;

/** What a cluster's operator is handed once: where the server is, how to recognise it, and the right to enrol one cluster. */
export interface EnrolmentToken {
  /** `host:port` of the relay. */
  readonly address: string;
  /** SPKI pin of the authority that server certificates come from, `sha256:<hex>`. */
  readonly pin: string;
  readonly secret: Buffer;
}

const content = z.strictObject({
  address: z.string().min(1).max(300),
  pin: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  secret: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

export function createToken(server: { readonly address: string; readonly pin: string }): EnrolmentToken {
  return { address: server.address, pin: server.pin, secret: randomBytes(secretBytes) };
}

/** `heddle1.<base64url of JSON>`. */
export function encodeToken({ address, pin, secret }: EnrolmentToken): string {
  const text = JSON.stringify({ address, pin, secret: secret.toString("base64url") });
  return prefix + Buffer.from(text).toString("base64url");
}

/** Throws `RELAY_TOKEN_MALFORMED`, without the text. */
export function decodeToken(text: string): EnrolmentToken {
  const trimmed = text.trim();
  try {
    if (!trimmed.startsWith(prefix)) throw new Error("unknown prefix");
    const { secret, ...server } = content.parse(
      JSON.parse(Buffer.from(trimmed.slice(prefix.length), "base64url").toString()),
    );
    return { ...server, secret: Buffer.from(secret, "base64url") };
  } catch {
    throw new RelayError("RELAY_TOKEN_MALFORMED");
  }
}

/** The only thing of a secret that a server stores: its SHA-256 in hexadecimal. 256 random bits need no slower hash. */
export function tokenHash(secret: Uint8Array): string {
  return createHash("sha256").update(secret).digest("hex");
}
