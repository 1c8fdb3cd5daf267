import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testbedAvailability } from "../testbed/index.ts";
import { FaultyWorld } from "./faulty-world.ts";

const { available } = await testbedAvailability();
const mebibyte = 1024 * 1024;

/** Processes that end in the worst moments. `stop` of a process is a SIGKILL. */
describe.skipIf(!available)("killed", () => {
  let world: FaultyWorld;
  beforeAll(async () => {
    world = await FaultyWorld.start();
  });
  afterAll(() => world?.[Symbol.asyncDispose]());

  const restartServer = async () => {
    await world.heddle.stopServer();
    world.relay.release();
    await world.heddle.startServer();
  };

  it("a server between commit and delivery: what was acknowledged arrives after its restart", async () => {
    world.relay.hold();
    await world.apply({ acknowledged: "1" });
    await world.until("the delivery is on its way, and held", () => world.relay.holding);
    expect(await world.values()).toEqual({});
    expect(await world.programmed("acknowledged")).toBe("Pending");
    await restartServer();
    await world.until("it arrives", async () => (await world.values())["acknowledged"] === "1");
    await world.until("it is told", async () => (await world.programmed("acknowledged")) === "Programmed");
  });

  it("a server in the middle of a delivery: nothing of the half is applied, all of it after the restart", async () => {
    const large = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`large${index}`, noise(mebibyte / 4)]),
    );
    world.relay.hold(mebibyte);
    await world.apply(large);
    await world.until("half of it has passed", () => world.relay.holding);
    expect(Object.keys(await world.values())).toEqual(["acknowledged"]);
    for (const name of ["large0", "large11"]) expect(await world.programmed(name)).toBe("Pending");
    await restartServer();
    await world.until("all of it arrives", async () => Object.keys(await world.values()).length === 13);
    expect(await world.values()).toEqual({ acknowledged: "1", ...large });
    await world.remove(...Object.keys(large));
    await world.until("it goes again", async () => Object.keys(await world.values()).length === 1);
  });

  it("an agent in the middle of an apply: it is never called done before it is, and is finished after the restart", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`many${index}`, String(index)]),
    );
    world.api.slow(120);
    await world.apply(many);
    const partly = await world.until("a part of it is applied", async () => {
      const count = Object.keys(await world.values()).length - 1;
      return count > 0 && count;
    });
    await world.agent.stop();
    world.api.release();
    const applied = await world.values();
    const missing = Object.keys(many).filter((name) => !(name in applied));
    expect(Object.keys(applied).length).toBeGreaterThan(partly);
    expect(missing).not.toEqual([]);
    expect(await world.programmed(missing[0] ?? "")).toBe("Pending");
    world.startAgent();
    await world.until("all of it is applied", async () => Object.keys(await world.values()).length === 61);
    expect(await world.values()).toEqual({ acknowledged: "1", ...many });
  });
});

/** Text that does not compress. */
function noise(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16_384)))
    .toString("base64")
    .repeat(Math.ceil(bytes / 21_848))
    .slice(0, bytes);
}
