import type { Report } from "../define-kind.ts";
import type { PathSegment } from "../finding.ts";

const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/;
const SECRET_NAME = /(password|passwd|secret_?key|private_?key|api_?key|access_?token|client_?secret)$/i;

/**
 * Reports private keys anywhere in a value, and texts under a key that is named like a secret (`password`, `apiKey`, …).
 * A hint against accidents, not a proof that nothing secret is there.
 */
export function checkInlineSecrets(value: unknown, at: readonly PathSegment[], report: Report): void {
  if (typeof value === "string") {
    const name = at.at(-1);
    if (PRIVATE_KEY.test(value)) report({ code: "INLINE_SECRET", path: at, reason: "this is a private key" });
    else if (typeof name === "string" && SECRET_NAME.test(name) && value !== "")
      report({ code: "INLINE_SECRET", path: at, reason: `${name} holds a secret in plain text` });
  } else if (Array.isArray(value)) {
    value.forEach((entry, index) => {
      checkInlineSecrets(entry, [...at, index], report);
    });
  } else if (typeof value === "object" && value !== null) {
    for (const [key, entry] of Object.entries(value)) checkInlineSecrets(entry, [...at, key], report);
  }
}

/** True for a URL with a user or password in it (`https://user:token@host`). */
export function hasCredentials(url: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*:[^/?#]*@/i.test(url);
}
