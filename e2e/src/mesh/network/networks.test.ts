import { describe, expect, it } from "vitest";
import { runCommand } from "../../testbed/kubectl.ts";
import { superviseProcess } from "../../testbed/supervised-process.ts";
import { waitUntil } from "../../testbed/wait-until.ts";
import { meshAvailability } from "../istio/mesh-availability.ts";
import { inPod } from "./in-pod.ts";
import type { Place } from "./network.ts";
import { openNetworks } from "./networks.ts";

const { available } = await meshAvailability();

describe.skipIf(!available)("networks of two clusters", () => {
  it("are one, where they are not to be separate", async () => {
    await using held = new AsyncDisposableStack();
    const networks = await openNetworks(["one", "two"], { separate: false });
    held.defer(() => networks.close());
    const [one, two] = networks.of;
    const [here, there] = [await one?.addPod("a"), await two?.addPod("a")];
    await serve(there, held);
    expect(await connect(here, there?.address)).toBe("connected");
  });

  it("meet in the space between only, where they are separate", async () => {
    await using held = new AsyncDisposableStack();
    const networks = await openNetworks(["one", "two"], { separate: true });
    held.defer(() => networks.close());
    const [one, two] = networks.of;
    const [here, there] = [await one?.addPod("a"), await two?.addPod("a")];
    const gateway = await two?.addPod("gateway", { outside: true });
    for (const place of [here, there, gateway]) await serve(place, held);
    expect(await connect(gateway, there?.address), "within the network").toBe("connected");
    expect(await connect(here, gateway?.outside), "through the space between").toBe("connected");
    expect(await connect(there, here?.address)).toBe("ENETUNREACH");
    expect(await connect(here, there?.address)).toBe("ENETUNREACH");
    expect(await connect(here, gateway?.address)).toBe("ENETUNREACH");
    expect(await connect(gateway, here?.address), "from the space between").toBe("ENETUNREACH");
  });
});

const port = 8080;

async function serve(place: Place | undefined, held: AsyncDisposableStack): Promise<void> {
  const script = `require("net").createServer((socket) => socket.end()).listen(${port}, () => console.log("listening"))`;
  const server = superviseProcess(inPod(place?.space ?? "", [process.execPath, "-e", script]));
  held.defer(() => server.stop());
  await waitUntil("it listens", () => server.log().includes("listening"));
}

/** `connected`, or the code of the error. */
async function connect(from: Place | undefined, address: string | undefined): Promise<string> {
  const script = `
    const socket = require("net").connect({ host: ${JSON.stringify(address)}, port: ${port}, timeout: 5000 });
    const done = (outcome) => { console.log(outcome); socket.destroy(); };
    socket.on("connect", () => done("connected")).on("error", ({ code }) => done(code)).on("timeout", () => done("ETIMEDOUT"));`;
  const inside = ["netns", "exec", from?.space ?? "", process.execPath, "-e", script];
  return (await runCommand("ip", inside)).stdout.trim();
}
