/** Compares `MAJOR.MINOR[.PATCH]` numerically; pre-release suffixes are ignored, missing parts are 0. */
export function atLeast(version: string, wanted: string): boolean {
  const [a, b] = [parts(version), parts(wanted)];
  for (let index = 0; index < 3; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function parts(version: string): number[] {
  return (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? "0").split(".").map(Number);
}
