import type { Finding } from "../finding.ts";
import { finding } from "../finding-catalogue.ts";

/** Collects findings up to a limit; what comes after is only counted. */
export class FindingList {
  readonly #limit: number;
  readonly #list: Finding[] = [];
  #left = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(found: readonly Finding[]): void {
    for (const one of found) {
      if (this.#list.length < this.#limit) this.#list.push(one);
      else this.#left++;
    }
  }

  /** The findings; the last one says how many were left out, if any were. */
  toArray(): readonly Finding[] {
    if (this.#left === 0) return this.#list;
    const reason = `${this.#left} more findings are not listed`;
    return [...this.#list, finding("TOO_MANY_FINDINGS", { path: "", reason })];
  }
}
