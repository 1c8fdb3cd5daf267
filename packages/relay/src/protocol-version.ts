/** What this build speaks, as `MAJOR.MINOR`. A minor adds fields, messages and codes that an older peer may ignore. */
export const protocolVersion = "1.1";

/** Equal majors and minors at most one apart, so that servers and agents can be upgraded in either order. */
export function versionsAgree(ours: string, theirs: string): boolean {
  const [ourMajor, ourMinor] = parse(ours);
  const [theirMajor, theirMinor] = parse(theirs);
  return ourMajor === theirMajor && Math.abs(ourMinor - theirMinor) <= 1;
}

/** Whether a peer takes what came with this minor of its major. */
export function knowsMinor(theirs: string, minor: number): boolean {
  return parse(theirs)[1] >= minor;
}

/** `NaN` for what is no version, which agrees with nothing. */
function parse(version: string): readonly [major: number, minor: number] {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})$/.exec(version) ?? [];
  return [Number(major), Number(minor)];
}
