import type { KindName } from "../index.ts";

/** One spec, as YAML, and what is found in it: `CODE path` each, in any order. None: the spec is good. */
export type Case = readonly [title: string, kind: KindName, spec: string, ...findings: readonly string[]];
