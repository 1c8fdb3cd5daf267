/** One line of the table: what was measured, its figures by name and unit, and what they should be at most or at least. */
export interface Row {
  readonly section: string;
  readonly what: string;
  readonly runs: number;
  readonly figures: Readonly<Record<string, number>>;
  readonly target?: { readonly figure: string } & ({ readonly most: number } | { readonly least: number });
}

/** Undefined where there is no target. */
export function isMet({ figures, target }: Row): boolean | undefined {
  if (target === undefined) return undefined;
  const value = figures[target.figure] ?? Number.NaN;
  return "most" in target ? value <= target.most : value >= target.least;
}

/** Markdown, with the width of columns evened out. */
export function table(rows: readonly Row[]): string {
  const lines = [
    ["section", "what", "runs", "figures", "target", "met"],
    ...rows.map((row) => [
      row.section,
      row.what,
      String(row.runs),
      figuresOf(row),
      targetOf(row),
      metOf(row),
    ]),
  ];
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  const [head, ...body] = lines.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`,
  );
  return [head, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body].join("\n");
}

function figuresOf({ figures }: Row): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${value.toLocaleString("en", { maximumFractionDigits: 2 })}`)
    .join(" · ");
}

function targetOf({ target }: Row): string {
  if (target === undefined) return "";
  return "most" in target ? `${target.figure} ≤ ${target.most}` : `${target.figure} ≥ ${target.least}`;
}

function metOf(row: Row): string {
  const met = isMet(row);
  return met === undefined ? "" : met ? "yes" : "no";
}
