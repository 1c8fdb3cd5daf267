import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testbedAvailability } from "../testbed/index.ts";
import { FaultyWorld } from "./faulty-world.ts";

const { available } = await testbedAvailability();

/** Agents that do not reach their server, or their API server, for a while. */
describe.skipIf(!available)("cut off", () => {
  let world: FaultyWorld;
  beforeAll(async () => {
    world = await FaultyWorld.start();
    await world.apply({ kept: "1", changed: "1", deleted: "1", replaced: "1" });
    await settled({ kept: "1", changed: "1", deleted: "1", replaced: "1" });
  });
  afterAll(() => world?.[Symbol.asyncDispose]());

  const settled = (values: Record<string, string>) =>
    world.until(`the cluster has ${JSON.stringify(values)}`, async () => {
      expect(await world.values()).toEqual(values);
      return true;
    });
  const uid = async (name: string) =>
    (
      await world.cluster.kubectlOk(["get", "cm", name, "-n", "shop", "-o", "jsonpath={.metadata.uid}"])
    ).trim();

  it("from the server: nothing is touched meanwhile and the cluster is told as Unreachable; afterwards it has what changed and not what was deleted", async () => {
    const before = await uid("kept");
    world.relay.cut();
    await world.until("it is told as Unreachable", async () =>
      /east +Unreachable/.test(await world.status()),
    );
    await world.apply({ changed: "2", added: "1" });
    await world.remove("deleted", "replaced");
    await world.apply({ replaced: "2" });
    expect(await world.programmed("changed")).not.toBe("Programmed");
    await world.deleteByHand("changed");
    await settled({ kept: "1", changed: "1", deleted: "1", replaced: "1" });
    world.relay.mend();
    await settled({ kept: "1", changed: "2", replaced: "2", added: "1" });
    expect(await uid("kept")).toBe(before);
    await world.until("it is told", async () => (await world.programmed("added")) === "Programmed");
  });

  it("from an API server that no longer answers, on connections that stay open: nothing is called done, and all is done afterwards", async () => {
    world.api.hold();
    await world.apply({ changed: "3" });
    await world.edit("kept", { data: { value: "by hand" } });
    await world.until("answers are held", () => world.api.holding);
    expect(await world.programmed("changed")).toBe("Pending");
    world.api.release();
    await settled({ kept: "1", changed: "3", replaced: "2", added: "1" });
    await world.until("it is told", async () => (await world.programmed("changed")) === "Programmed");
  });

  it("from an API server that ended: it is told as Unavailable, and done once it is back", async () => {
    await world.cluster.stopApiServer();
    await world.apply({ changed: "4" });
    await world.remove("added");
    await world.until("it is told", async () => (await world.status()).includes("Unavailable"));
    expect(await world.programmed("changed")).not.toBe("Programmed");
    await world.cluster.startApiServer();
    await settled({ kept: "1", changed: "4", replaced: "2" });
    await world.until("it is told", async () => (await world.programmed("changed")) === "Programmed");
  });
});
