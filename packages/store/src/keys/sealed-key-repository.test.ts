import { expect, it } from "vitest";
import { useTestServer } from "../testing/test-database.ts";

const server = useTestServer();
const key = (byte: number) => ({
  name: "ca",
  sealed: Uint8Array.of(0, byte, 255),
  certificatePem: `pem ${byte}`,
});

it("gives everyone the key that was first", async () => {
  const { keys } = await server.store();
  const made = await Promise.all(Array.from({ length: 10 }, (_, i) => keys.create(key(i))));
  const kept = await keys.get("ca");
  expect(kept?.sealed).toHaveLength(3);
  for (const each of made) expect(each).toEqual(kept);
});

it("replaces a key", async () => {
  const { keys } = await server.store();
  expect(await keys.get("ca")).toBeUndefined();
  await keys.put(key(1));
  await keys.put(key(2));
  expect(await keys.get("ca")).toEqual(key(2));
});
