import type { Bundle } from "@heddle/core";
import { expect, it } from "vitest";
import { HeldBundles } from "./held-bundles.ts";

const bundle = (id: string, hash: string): Bundle => ({ id, hash, bytes: new Uint8Array(), objects: [] });
const desired = (...bundles: Bundle[]) => new Map(bundles.map((one) => [one.id, one]));
const agentHolding = (...bundles: { id: string; hash: string }[]) => new HeldBundles(bundles);
const idsOf = ({ upserts, removes }: { upserts: readonly Bundle[]; removes: readonly string[] }) => [
  upserts.map(({ id }) => id),
  removes,
];

it("compares everything first: only what differs is due, what is not wanted any more is to go", () => {
  const agent = agentHolding({ id: "same", hash: "1" }, { id: "old", hash: "1" }, { id: "gone", hash: "1" });
  const due = agent.take(desired(bundle("same", "1"), bundle("old", "2"), bundle("new", "1")));
  expect(due.complete).toBe(true);
  expect(idsOf(due)).toEqual([["old", "new"], ["gone"]]);
});

it("looks only at what was touched from then on, and at its newest state", () => {
  const agent = agentHolding();
  agent.sent(agent.take(desired(bundle("a", "1"), bundle("b", "1"))));
  agent.touch(["a"]);
  const due = agent.take(desired(bundle("a", "3"), bundle("b", "2")));
  expect(due.complete).toBe(false);
  expect(idsOf(due)).toEqual([["a"], []]);
});

it("sends nothing twice that got through", () => {
  const agent = agentHolding();
  const wanted = desired(bundle("a", "1"));
  agent.sent(agent.take(wanted));
  agent.touch(["a"]);
  expect(idsOf(agent.take(wanted))).toEqual([[], []]);
});

it("has everything due again that did not get through", () => {
  const agent = agentHolding({ id: "gone", hash: "1" });
  const wanted = desired(bundle("a", "1"));
  agent.untaken(agent.take(wanted));
  const again = agent.take(wanted);
  expect(again.complete).toBe(true);
  expect(idsOf(again)).toEqual([["a"], ["gone"]]);
  agent.sent(again);
  agent.touch(["a"]);
  agent.untaken(agent.take(desired(bundle("a", "2"))));
  expect(idsOf(agent.take(desired(bundle("a", "2"))))).toEqual([["a"], []]);
});

it("sends again what the agent could not read, and still removes it", () => {
  const agent = agentHolding();
  agent.sent(agent.take(desired(bundle("a", "1"))));
  agent.lost(["a"]);
  agent.touch(["a"]);
  expect(idsOf(agent.take(desired(bundle("a", "1"))))).toEqual([["a"], []]);
  agent.lost(["a"]);
  agent.touch(["a"]);
  expect(idsOf(agent.take(desired()))).toEqual([[], ["a"]]);
});
