import type { Finding } from "@heddle/api";

/** One finding for people: where, what and what to do. */
export function findingLines({ origin, severity, code, path, reason, remedy, resource }: Finding): string {
  const place =
    origin === undefined ? (resource ?? "") : `${origin.file}:${origin.line ?? 1}:${origin.column ?? 1}`;
  const where = [place, path].filter((part) => part !== "").join(" ");
  return `${severity}: ${where}: ${reason} [${code}]\n    ${remedy}\n`;
}
