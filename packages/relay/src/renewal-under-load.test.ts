import { afterEach, expect, it } from "vitest";
import { RelayError } from "./relay-error.ts";
import type { RelaySession } from "./server/relay-session.ts";
import { eventually } from "./testing/eventually.ts";
import { FakeClock } from "./testing/fake-clock.ts";
import { RelayWorld } from "./testing/relay-world.ts";
import { encodeBundle } from "./wire/encoded-delivery.ts";

let world: RelayWorld;
afterEach(() => world.close());

it("a certificate that is about to expire is swapped under load: the new stream has what the old one could not bring, and nobody is refused", async () => {
  const clock = new FakeClock(Date.now() - 13 * 3_600_000); // TLS itself lives in real time
  world = await RelayWorld.open({ clock, timing: { heartbeatMs: 1e9 } });
  const agent = world.agent({ identity: await world.identity("cluster-1") });
  const first = await eventually(() => world.server.sessions.get("cluster-1"));
  const content = Buffer.from(JSON.stringify(["x".repeat(100_000)]));
  const wanted = Array.from({ length: 60 }, (_, index) => `b${index}`);
  const deliver = (session: RelaySession, bundle: string) =>
    session.deliver({
      id: bundle,
      revision: 1,
      complete: false,
      bundles: [encodeBundle(bundle, "h", content)],
      removed: [],
    });
  for (const bundle of wanted.slice(0, 30)) await deliver(first, bundle);
  clock.advance(13 * 3_600_000);
  // Until the old stream takes no more.
  for (const bundle of wanted.slice(30)) {
    const taken = await deliver(first, bundle).catch((error: unknown) => error);
    if (taken instanceof RelayError) break;
  }
  const second = await eventually(() => {
    const session = world.server.sessions.get("cluster-1");
    return session !== first && session;
  });
  const held = new Set(second.hello.bundles.map(({ id }) => id));
  for (const bundle of wanted) if (!held.has(bundle)) await deliver(second, bundle);
  await eventually(() => wanted.every((bundle) => agent.applied.has(bundle)));
  expect(second.certificate.serial).not.toBe(first.certificate.serial);
  expect(held.size).toBeGreaterThan(0);
  expect(world.heard.gone).toEqual(["RELAY_RENEWED"]);
  expect(agent.codes).toEqual([]);
});
