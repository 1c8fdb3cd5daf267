import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from "yaml";
import type { PathSegment } from "../finding.ts";
import { isKeepable, type Problem, UNSAFE_KEY } from "./json-value.ts";
import type { ReadLimits } from "./limits.ts";

/** Plain words that YAML 1.1 took for true and false, and whole numbers that it took for octal. */
const YAML_11 = /^(yes|no|on|off)$/i;
const OCTAL_11 = /^[-+]?0\d+$/;

/**
 * Turns the nodes of one YAML document into plain JSON. Written for hostile input: depth and what aliases repeat are bounded, keys are
 * compared by a set, and an alias within its own anchor is refused. What cannot be read is left out and reported.
 */
export class NodeReader {
  readonly problems: Problem[] = [];
  readonly #limits: ReadLimits;
  readonly #anchors = new Map<string, Node>();
  /** Anchors that are being read: an alias to one of these would never end. */
  readonly #open = new Set<Node>();
  #aliases = 0;
  #aliased = 0;

  constructor(limits: ReadLimits) {
    this.#limits = limits;
  }

  read(node: unknown, path: readonly PathSegment[] = []): unknown {
    if (this.#aliases > 0 && ++this.#aliased > this.#limits.aliasedValues) {
      if (this.#aliased === this.#limits.aliasedValues + 1)
        this.#report("ALIAS_LIMIT", path, `aliases repeat more than ${this.#limits.aliasedValues} values`);
      return null;
    }
    if (path.length > this.#limits.depth) {
      this.#report("TOO_DEEP", path, `there are more than ${this.#limits.depth} levels`);
      return null;
    }
    if (isAlias(node)) return this.#readAlias(node.source, path);
    if (isScalar(node)) return this.#readScalar(node, path);
    if (!isMap(node) && !isSeq(node)) return null;
    this.#open.add(node);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    const value = isMap(node)
      ? this.#readMap(node, path)
      : node.items.map((entry, index) => this.read(entry, [...path, index]));
    this.#open.delete(node);
    return value;
  }

  #readAlias(name: string, path: readonly PathSegment[]): unknown {
    const node = this.#anchors.get(name);
    if (node === undefined) {
      this.#report("YAML_SYNTAX", path, `there is no anchor &${name} before *${name}`);
      return null;
    }
    if (this.#open.has(node)) {
      this.#report("ALIAS_LIMIT", path, `*${name} stands within &${name}, so it would never end`);
      return null;
    }
    this.#aliases++;
    const value = this.read(node, path);
    this.#aliases--;
    return value;
  }

  #readScalar(node: Scalar, path: readonly PathSegment[]): unknown {
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    const { value, source = "" } = node;
    if (node.type === "PLAIN" && (YAML_11.test(source) || OCTAL_11.test(source)))
      this.#report("AMBIGUOUS_YAML", path, `${source} is read as ${JSON.stringify(value)}`);
    if (typeof value === "number" && !isKeepable(value)) {
      this.#report("NUMBER_OUT_OF_RANGE", path, `${source.slice(0, 60)} cannot be kept exactly`);
      return null;
    }
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? value
      : null;
  }

  #readMap(node: YAMLMap, path: readonly PathSegment[]): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const pair of node.items) {
      const key = this.#readKey(pair.key, path);
      if (key === undefined) continue;
      const here = [...path, key];
      if (key === UNSAFE_KEY) this.#report("UNSAFE_KEY", here, `${key} is not a field`, true);
      else if (Object.hasOwn(fields, key)) this.#report("DUPLICATE_KEY", here, `${key} is there twice`, true);
      else fields[key] = this.read(pair.value, here);
    }
    return fields;
  }

  /** Keys are text; a number as key (`8080: …`) is taken as it is written. */
  #readKey(node: unknown, path: readonly PathSegment[]): string | undefined {
    const key = isAlias(node) ? this.#anchors.get(node.source) : node;
    if (isScalar(key) && key.value !== null) {
      if (isScalar(node) && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
      return typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
    }
    this.#report("YAML_SYNTAX", path, "a key must be text");
    return undefined;
  }

  #report(code: Problem["code"], path: readonly PathSegment[], reason: string, atKey = false): void {
    this.problems.push({ code, path, reason, atKey });
  }
}
