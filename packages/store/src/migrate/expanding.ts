/**
 * Whether a migration only adds what the program before it does not look at, so that both work on the database while replicas are upgraded one
 * by one. Its name says so, `<timestamp>_expand_<what>`: a program that does not know the file sees the name only (ADR 11).
 */
export function isExpanding(name: string): boolean {
  return /^\d+_expand_/.test(name);
}

/** What an expanding migration must not do: an older program would miss, misread or violate it. */
const breaking = [
  /\bDROP\b/i,
  /\bRENAME\b/i,
  /\bTRUNCATE\b/i,
  /\bALTER\s+COLUMN\b/i,
  /\bADD\s+CONSTRAINT\b/i,
  /\bCREATE\s+UNIQUE\s+INDEX\b/i,
  /\bCREATE\s+(OR\s+REPLACE\s+)?TRIGGER\b/i,
  /^\s*(UPDATE|DELETE|INSERT)\b/i,
  /\bADD\s+COLUMN\b(?!.*\bDEFAULT\b).*\bNOT\s+NULL\b/is,
];

/** Statements of an expanding migration that do more than add. */
export function breakingStatements(sql: string): string[] {
  return sql
    .replace(/--.*$/gm, "")
    .split(";")
    .map((statement) => statement.trim())
    .filter((statement) => breaking.some((pattern) => pattern.test(statement)));
}
