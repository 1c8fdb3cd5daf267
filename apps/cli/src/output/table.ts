/** Columns separated by three blanks, as kubectl writes them; the last one is not padded. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly header?: boolean } = {},
): string {
  const lines = options.header === false ? rows : [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === line.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join("   "),
    )
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

/** Time since an instant as kubectl writes it: `12s`, `5m`, `3h`, `2d`. */
export function age(instant: string | null | undefined, now: number = Date.now()): string {
  if (instant == null) return "<never>";
  const seconds = Math.max(0, Math.round((now - Date.parse(instant)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
