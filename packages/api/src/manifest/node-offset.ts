import { isAlias, isMap, isNode, isScalar, isSeq, type Pair } from "yaml";
import type { PathSegment } from "../finding.ts";

/**
 * Offset in the file of what `path` leads to from `root`, or of the last part of the way that was written there: of its key with `atKey`, of its
 * value otherwise. The way ends at an alias: what is wrong in there is shown where the alias stands.
 */
export function offsetOf(root: unknown, path: readonly PathSegment[], atKey: boolean): number {
  let node: unknown = root;
  let key: unknown = root;
  for (const segment of path) {
    const next = step(node, segment);
    if (next === undefined) return startOf(isAlias(node) ? node : key) ?? startOf(root) ?? 0;
    [key, node] = next;
  }
  return (atKey ? startOf(key) : (startOf(node) ?? startOf(key))) ?? startOf(root) ?? 0;
}

/** The key and value nodes below `segment`; an entry of a list is its own key. */
function step(node: unknown, segment: PathSegment): readonly [key: unknown, value: unknown] | undefined {
  if (isMap(node)) {
    const pair: Pair | undefined = node.items.findLast(
      ({ key }) => isScalar(key) && String(key.value) === String(segment),
    );
    return pair === undefined ? undefined : [pair.key, pair.value];
  }
  const entry = isSeq(node) && typeof segment === "number" ? node.items[segment] : undefined;
  return entry === undefined ? undefined : [entry, entry];
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
