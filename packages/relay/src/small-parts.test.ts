import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Backoff } from "./agent/backoff.ts";
import { diffBundles } from "./diff-bundles.ts";
import { versionsAgree } from "./protocol-version.ts";
import { type Redemption, redemptionProblem } from "./redeem-token.ts";
import { RelayError } from "./relay-error.ts";
import { TokenBuckets } from "./token-bucket.ts";

describe("diffBundles", () => {
  const states = fc.uniqueArray(
    fc.record({ id: fc.constantFrom(..."abcdefgh"), hash: fc.constantFrom("1", "2") }),
    {
      selector: (state) => state.id,
    },
  );
  it("turns what is held into what is desired, with nothing to spare", () => {
    fc.assert(
      fc.property(states, states, (held, desired) => {
        const { upserts, removes } = diffBundles(held, desired);
        const result = new Map(held.map(({ id, hash }) => [id, hash]));
        for (const { id, hash } of upserts) {
          expect(result.get(id)).not.toBe(hash);
          result.set(id, hash);
        }
        for (const id of removes) expect(result.delete(id)).toBe(true);
        expect([...result].sort()).toEqual(desired.map(({ id, hash }) => [id, hash]).sort());
      }),
    );
  });
});

describe("Backoff", () => {
  const options = { baseMs: 500, capMs: 30_000, stableMs: 60_000 };
  const passing = new RelayError("RELAY_UNREACHABLE");

  it("doubles its bound up to the cap, with full jitter below it", () => {
    const high = new Backoff(options, () => 0.999_999);
    const waits = Array.from({ length: 10 }, () => Math.round(high.next(passing, 0)));
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000]);
    const low = new Backoff(options, () => 0);
    expect(low.next(passing, 0)).toBe(0);
  });

  it("starts afresh after a stable stream, not after a short one", () => {
    const backoff = new Backoff(options, () => 1);
    for (let failure = 0; failure < 10; failure++) backoff.next(passing, 0);
    expect(backoff.next(passing, 59_999)).toBe(30_000);
    expect(backoff.next(passing, 60_000)).toBe(500);
    expect(backoff.next(passing, 0)).toBe(1000);
  });

  it("slows to the cap for what only a person can mend, and heeds what the server asks for", () => {
    const backoff = new Backoff(options, () => 0);
    expect(backoff.next(new RelayError("RELAY_REVOKED"), 0)).toBe(15_000);
    expect(backoff.next(new RelayError("RELAY_SHUTDOWN", { retryAfterMs: 1234 }), 0)).toBe(1234);
    expect(new RelayError("RELAY_SHUTDOWN", { retryAfterMs: 1e12 }).retryAfterMs).toBe(600_000);
  });
});

describe("TokenBuckets", () => {
  it("lets a burst through, then the rate, for each key alone", () => {
    let now = 0;
    const buckets = new TokenBuckets({ burst: 2, perSecond: 1 }, () => now);
    expect([1, 2, 3].map(() => buckets.take("a"))).toEqual([true, true, false]);
    expect(buckets.take("b")).toBe(true);
    now = 999;
    expect(buckets.take("a")).toBe(false);
    now = 1999;
    expect([1, 2].map(() => buckets.take("a"))).toEqual([true, false]);
  });
});

describe("versionsAgree", () => {
  it.each([
    ["1.0", "1.0", true],
    ["1.9", "1.10", true],
    ["1.8", "1.10", false],
    ["1.0", "2.0", false],
    ["1.0", "", false],
    ["1.0", "1", false],
    ["1.0", "1.0.0", false],
    ["1.0", "1.0x", false],
  ])("%s with %s: %s", (ours, theirs, agree) => {
    expect(versionsAgree(ours, theirs)).toBe(agree);
    expect(versionsAgree(theirs, ours)).toBe(agree);
  });
});

describe("redemptionProblem", () => {
  const redemption: Redemption = { tokenHash: "t", publicKey: "k", clusterUid: "c", now: 1_000_000 };
  const used = { at: 1_000_000, publicKey: "k", clusterUid: "c" };
  it.each([
    ["unknown", undefined, "RELAY_TOKEN_UNKNOWN"],
    ["used by this attempt", { expiresAt: 2_000_000, used }, undefined],
    ["used by the same key minutes ago", { expiresAt: 2_000_000, used: { ...used, at: 700_000 } }, undefined],
    [
      "used by the same key long ago",
      { expiresAt: 2_000_000, used: { ...used, at: 699_999 } },
      "RELAY_TOKEN_USED",
    ],
    [
      "used by another key",
      { expiresAt: 2_000_000, used: { ...used, publicKey: "other" } },
      "RELAY_TOKEN_USED",
    ],
    [
      "used by another cluster",
      { expiresAt: 2_000_000, used: { ...used, clusterUid: "other" } },
      "RELAY_TOKEN_USED",
    ],
    ["still unused after the attempt", { expiresAt: 999_999 }, "RELAY_TOKEN_EXPIRED"],
  ])("judges a token %s", (_what, token, problem) => {
    expect(redemptionProblem(token, redemption)).toBe(problem);
  });
});
