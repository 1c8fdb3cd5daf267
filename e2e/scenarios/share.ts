import { expect } from "vitest";

/**
 * Whether `hits` of `total` independent requests may have come from a share of `percent`: within five standard deviations of a binomial
 * distribution, so a right mesh fails once in about two million times.
 */
export function expectShare(hits: number, total: number, percent: number): void {
  const share = percent / 100;
  const bound = 5 * Math.sqrt(total * share * (1 - share));
  expect(hits).toBeGreaterThanOrEqual(total * share - bound);
  expect(hits).toBeLessThanOrEqual(total * share + bound);
}
