import { hash } from "node:crypto";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** JSON text with object keys in code-unit order: equal values give equal text. `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(",")}}`;
}

/** First 128 bits of SHA-256 in hexadecimal: enough to tell contents apart, short enough to compare by the thousand. */
export function contentHash(text: string): string {
  return hash("sha256", text, "hex").slice(0, 32);
}

/** Eight characters that tell names apart which would otherwise be equal; for object names only. */
export function shortHash(text: string): string {
  return contentHash(text).slice(0, 8);
}
