import { expect, it } from "vitest";
import { destination } from "../testing/samples.ts";
import { useTestServer } from "../testing/test-database.ts";

const server = useTestServer();

it("registers once, and again without a change", async () => {
  const { clusters, changes } = await server.store();
  const eu = { name: "eu-1", uid: "uid-1", labels: { env: "prod" }, region: "eu-west", network: "n1" };
  const registered = {
    name: "eu-1",
    uid: "uid-1",
    labels: { env: "prod" },
    region: "eu-west",
    network: "n1",
    paused: false,
  };
  expect(await clusters.register(eu)).toEqual(registered);
  expect(await clusters.register({ name: "eu-1", uid: "uid-1" })).toEqual(registered);
  expect(await changes.revision()).toBe(1);
  expect(await clusters.list()).toEqual([registered]);
});

it("refuses a name that is another cluster's, and a second name for one cluster", async () => {
  const { clusters } = await server.store();
  await clusters.register({ name: "eu-1", uid: "uid-1" });
  await expect(clusters.register({ name: "eu-1", uid: "uid-2" })).rejects.toMatchObject({
    code: "ClusterNameTaken",
  });
  await expect(clusters.register({ name: "eu-2", uid: "uid-1" })).rejects.toMatchObject({
    code: "ClusterNameTaken",
    message: expect.stringContaining("eu-1"),
  });
});

it("lets one of many that want a name at once have it", async () => {
  const { clusters } = await server.store();
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => clusters.register({ name: "eu-1", uid: `uid-${i}` })),
  );
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const result of results)
    if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "ClusterNameTaken" });
});

it("updates what is given, clears what is null, and makes no revision of nothing", async () => {
  const { clusters, changes } = await server.store();
  await clusters.register({ name: "eu-1", uid: "uid-1", region: "eu", zone: "a", labels: { env: "prod" } });
  expect(await clusters.update("eu-1", { paused: true, zone: null })).toEqual({
    name: "eu-1",
    uid: "uid-1",
    labels: { env: "prod" },
    region: "eu",
    paused: true,
  });
  await clusters.update("eu-1", { paused: true, labels: { env: "prod" } });
  expect(await changes.since(1)).toMatchObject({
    revision: 2,
    changes: [{ kind: "cluster", cluster: "eu-1" }],
  });
  await expect(clusters.update("none", {})).rejects.toMatchObject({ code: "ClusterUnknown" });
});

it("removes a cluster with all that hangs on it, and revokes its certificates", async () => {
  const { clusters, inventory, certificates, status, changes } = await server.store();
  await clusters.register({ name: "eu-1", uid: "uid-1" });
  await inventory.applyDelta("eu-1", { full: true, upserts: [destination("a")], deletes: [] });
  await certificates.issue({ serial: "01", cluster: "eu-1", notAfter: "2999-01-01T00:00:00.000Z" });
  expect(await clusters.remove("eu-1")).toBe(true);
  expect(await clusters.remove("eu-1")).toBe(false);
  expect(await clusters.get("eu-1")).toBeUndefined();
  expect(await inventory.get("eu-1", "Destination/shop/a")).toBeUndefined();
  expect(await status.cluster("eu-1")).toBeUndefined();
  await expect(certificates.check("01")).rejects.toMatchObject({ code: "CertificateRevoked" });
  expect(await changes.revision()).toBe(3);
  await clusters.register({ name: "eu-1", uid: "uid-9" });
});
