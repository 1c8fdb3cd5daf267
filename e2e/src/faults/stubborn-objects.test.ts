import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testbedAvailability } from "../testbed/index.ts";
import { FaultyWorld } from "./faulty-world.ts";

const { available } = await testbedAvailability();
const finalizer = "example.com/hold";

/** Objects that do not do what they are told, on a real API server, and what people are told of it. */
describe.skipIf(!available)("stubborn objects", () => {
  let world: FaultyWorld;
  beforeAll(async () => {
    world = await FaultyWorld.start();
  });
  afterAll(() => world?.[Symbol.asyncDispose]());

  const programmed = (name: string) =>
    world.until(`${name} is programmed`, async () => (await world.programmed(name)) === "Programmed");
  const told = (...words: readonly string[]) =>
    world.until(`the status says ${words.join(", ")}`, async () => {
      const status = await world.status();
      for (const word of words) expect(status).toContain(word);
      return true;
    });
  const ready = () =>
    world.until("nothing is wrong any more", async () => {
      expect(await world.status()).toMatch(/east +Ready/);
      return true;
    });

  it("one with a foreign finalizer is told as Terminating, and its removal is done once the finalizer goes", async () => {
    await world.apply({ held: "1" });
    await programmed("held");
    await world.edit("held", { metadata: { finalizers: [finalizer] } });
    await world.remove("held");
    await told("ConfigMap shop/held", "Terminating", finalizer);
    expect(await world.values()).toHaveProperty("held");
    await world.edit("held", { metadata: { finalizers: null } });
    await ready();
    expect(await world.values()).toEqual({});
  });

  it("one that another controller sets again and again is set back ever more slowly, and stays ours when that one ends", async () => {
    await world.apply({ fought: "ours" });
    await programmed("fought");
    const started = performance.now();
    for (let round = 0; round < 4; round++) {
      await world.edit("fought", { data: { value: "theirs" } });
      await world.until("it is set back", async () => (await world.values())["fought"] === "ours");
    }
    // Pauses of at least 0.5, 1 and 2 s; without them it takes 1 s in all.
    expect(performance.now() - started).toBeGreaterThan(3_000);
    expect(world.agent.log()).toMatch(/"owner":"kubectl-edit".*an owned object was changed by somebody else/);
    await world.remove("fought");
    await ready();
  });

  it("one of more than a mebibyte is told with a code and hinders no other, and is applied once it is smaller", async () => {
    await world.apply({ huge: "x".repeat(4_000_000), large: "x".repeat(1_100_000), small: "1" });
    await programmed("small");
    await told("ConfigMap shop/huge (v1): TooLarge", "ConfigMap shop/large (v1): TooLarge");
    expect(await world.programmed("huge")).toBe("Failed");
    expect(await world.values()).toEqual({ small: "1" });
    await world.apply({ huge: "x", large: "x" });
    await ready();
    expect(await world.values()).toEqual({ huge: "x", large: "x", small: "1" });
    await world.remove("huge", "large");
    await ready();
  });

  it("those of a namespace that is deleted are told as NamespaceTerminating, and are there again once it is made anew", async () => {
    await world.kubectl("delete", "namespace", "shop", "--wait=false");
    // What the namespace controller of a whole cluster does.
    await world.deleteByHand("small");
    await told("NamespaceTerminating");
    await world.finalizeNamespace();
    await world.kubectl("create", "namespace", "shop");
    await ready();
    expect(await world.values()).toEqual({ small: "1" });
  });
});
