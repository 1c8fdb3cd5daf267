import type { Resource } from "@heddle/api";

type Aged = Pick<Resource, "metadata">;

/** Which of two was accepted first: negative when `a` was; total, so that nothing depends on the order in which they came. */
export function byAge({ metadata: a }: Aged, { metadata: b }: Aged): number {
  const [x, y] = [a, b].map(
    ({ creationTimestamp, workspace, name }) => `${creationTimestamp} ${workspace}/${name}`,
  ) as [string, string];
  return x < y ? -1 : x > y ? 1 : 0;
}

export function isOlder(a: Aged, b: Aged): boolean {
  return byAge(a, b) < 0;
}
