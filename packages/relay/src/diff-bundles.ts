export interface BundleState {
  readonly id: string;
  readonly hash: string;
}

export interface BundleDiff<T extends BundleState> {
  readonly upserts: readonly T[];
  readonly removes: readonly string[];
}

/** What to send to an agent that holds `held` so that it comes to hold `desired`: only what differs by hash. In the order of `desired`. */
export function diffBundles<T extends BundleState>(
  held: Iterable<BundleState>,
  desired: Iterable<T>,
): BundleDiff<T> {
  const unseen = new Map<string, string>();
  for (const { id, hash } of held) unseen.set(id, hash);
  const upserts: T[] = [];
  for (const bundle of desired) {
    if (unseen.get(bundle.id) !== bundle.hash) upserts.push(bundle);
    unseen.delete(bundle.id);
  }
  return { upserts, removes: [...unseen.keys()] };
}
