/** What this build speaks, as `MAJOR.MINOR`. A minor adds fields, messages and codes that an older peer may ignore. */
export const protocolVersion = "1.0";

/** Equal majors and minors at most one apart, so that servers and agents can be upgraded in either order. */
export function versionsAgree(ours: string, theirs: string): boolean {
  const [ourMajor, ourMinor] = parse(ours);
  const [theirMajor, theirMinor] = parse(theirs);
  return ourMajor === theirMajor && Math.abs(ourMinor - theirMinor) <= 1;
}

/** `NaN` for what is no version, which agrees with nothing. */
function parse(version: string): readonly [major: number, minor: number] {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})$/.exec(version) ?? [];
  return [Number(major), Number(minor)];
}
