import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChunkSchema } from "../gen/heddle/relay/v1/relay_pb.ts";
import { defaultLimits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { Reassembler, ReassemblyBudget } from "./reassembly.ts";
import { Rope } from "./rope.ts";

const size = 16 * 1024;
const limits = { ...defaultLimits, messageBytes: 8 * size };

function cut(messageId: number, message: Uint8Array) {
  const count = Math.max(1, Math.ceil(message.length / size));
  return Array.from({ length: count }, (_, index) =>
    create(ChunkSchema, {
      messageId,
      index,
      last: index === count - 1,
      data: message.subarray(index * size, (index + 1) * size),
      total: message.length,
    }),
  );
}

describe("reassembly", () => {
  it("puts together what was cut, however messages interleave", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 2 * size }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(lengths, fc.infiniteStream(fc.nat()), (sizes, choices) => {
        const budget = new ReassemblyBudget(limits.messageBytes);
        const reassembler = new Reassembler(limits, new FakeClock(), budget);
        const messages = sizes.map((length, id) =>
          Uint8Array.from({ length }, (_, at) => (at * 7 + id) % 251),
        );
        const queues = messages.map((message, id) => cut(id, message));
        const whole = new Map<number, Uint8Array>();
        for (let open = queues.filter((queue) => queue.length > 0); open.length > 0; ) {
          const next = open[choices.next().value % open.length]?.shift();
          const done = next && reassembler.accept(next);
          if (next && done) whole.set(next.messageId, done);
          open = queues.filter((queue) => queue.length > 0);
        }
        for (const [id, message] of messages.entries())
          expect(Buffer.compare(whole.get(id) ?? Buffer.alloc(0), message)).toBe(0);
        expect(budget.held).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it("holds no more than its bounds whatever comes, and gives all of it back", () => {
    const chunk = fc.record({
      messageId: fc.nat(6),
      index: fc.nat(4),
      last: fc.boolean(),
      data: fc.constantFrom(0, 1, size, size + 1).map((length) => new Uint8Array(length)),
      total: fc.constantFrom(0, 1, size, 2 * size, 9 * size, 2 ** 32 - 1),
    });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 60 }), (chunks) => {
        const budget = new ReassemblyBudget(3 * size);
        const reassembler = new Reassembler(limits, new FakeClock(), budget);
        for (const init of chunks) {
          try {
            reassembler.accept(create(ChunkSchema, init));
          } catch (error) {
            expect(error).toMatchObject({ name: "RelayError" });
          }
          expect(budget.held).toBeLessThanOrEqual(3 * size);
          expect(budget.held).toBeGreaterThanOrEqual(0);
        }
        reassembler.clear();
        expect(budget.held).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it("gives a message only so much time", () => {
    const clock = new FakeClock();
    const reassembler = new Reassembler(limits, clock, new ReassemblyBudget(limits.messageBytes));
    const [first] = cut(1, new Uint8Array(3 * size));
    if (first) reassembler.accept(first);
    clock.advance(limits.transferMs);
    expect(() => reassembler.expire()).not.toThrow();
    clock.advance(1);
    expect(() => reassembler.expire()).toThrow(expect.objectContaining({ code: "RELAY_TIMEOUT" }));
  });
});

describe("a rope", () => {
  it("slices as its concatenation does", () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 });
    fc.assert(
      fc.property(parts, fc.nat(170), fc.nat(170), (pieces, a, b) => {
        const rope = new Rope(pieces);
        const all = Buffer.concat(pieces);
        const [start, end] = [Math.min(a, b), Math.min(Math.max(a, b), all.length)];
        expect(rope.length).toBe(all.length);
        expect(Buffer.from(rope.slice(start, end)).equals(all.subarray(start, end))).toBe(true);
      }),
    );
  });
});
