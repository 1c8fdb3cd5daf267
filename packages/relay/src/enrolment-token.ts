import { createHash, randomBytes } from "node:crypto";
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

/** What each field of a token must look like. */
const patterns = {
  address: /^.{1,300}$/s,
  pin: /^sha256:[0-9a-f]{64}$/,
  secret: /^[A-Za-z0-9_-]{43}$/,
} as const;

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
    const fields: Record<string, unknown> = JSON.parse(
      Buffer.from(trimmed.slice(prefix.length), "base64url").toString(),
    );
    if (Object.keys(fields).length > Object.keys(patterns).length) throw new Error("unknown fields");
    const field = (name: keyof typeof patterns): string => {
      const value = fields[name];
      if (typeof value !== "string" || !patterns[name].test(value)) throw new Error(name);
      return value;
    };
    return {
      address: field("address"),
      pin: field("pin"),
      secret: Buffer.from(field("secret"), "base64url"),
    };
  } catch {
    throw new RelayError("RELAY_TOKEN_MALFORMED");
  }
}

/** The only thing of a secret that a server stores: its SHA-256 in hexadecimal. 256 random bits need no slower hash. */
export function tokenHash(secret: Uint8Array): string {
  return createHash("sha256").update(secret).digest("hex");
}
