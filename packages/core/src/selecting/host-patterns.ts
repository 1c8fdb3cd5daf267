/** Whether a host pattern (`*`, `*.example.com` with any depth below, or a name) takes all that another takes. */
export function coversHost(wide: string, narrow: string): boolean {
  return wide === "*" || wide === narrow || (wide.startsWith("*.") && narrow.endsWith(wide.slice(1)));
}

/** Patterns of the hosts that two lists of patterns both take. */
export function sharedHosts(some: readonly string[], others: readonly string[]): string[] {
  return [
    ...new Set([
      ...some.filter((host) => others.some((other) => coversHost(other, host))),
      ...others.filter((other) => some.some((host) => coversHost(host, other))),
    ]),
  ];
}
