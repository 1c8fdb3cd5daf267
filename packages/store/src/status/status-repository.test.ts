import type { BundleReport } from "@heddle/api";
import { expect, it } from "vitest";
import { useTestServer } from "../testing/test-database.ts";
import type { StatusRepository } from "./status-repository.ts";

const server = useTestServer();

/** Of one cluster. */
const record = (status: StatusRepository, cluster: string, reports: readonly BundleReport[]) =>
  status.recordBundleReports(new Map([[cluster, reports]]));

async function storeWithClusters() {
  const store = await server.store();
  await store.clusters.register({ name: "eu-1", uid: "1" });
  await store.clusters.register({ name: "us-1", uid: "2" });
  return store;
}

function report(bundle: string, revision: number, part: Partial<BundleReport> = {}): BundleReport {
  return { bundle, revision, hash: `h${revision}`, objects: 3, problems: [], ...part };
}

const problem = { object: "v1|Service|shop|a", code: "NotOwned", message: "exists" } as const;

it("keeps the newest report of each bundle", async () => {
  const { status, changes } = await storeWithClusters();
  await record(status, "eu-1", [report("b1", 5), report("b2", 5, { problems: [problem] }), report("b1", 6)]);
  await record(status, "eu-1", [report("b1", 4, { objects: 9 })]);
  await record(status, "us-1", [report("b1", 7)]);
  await record(status, "gone", [report("b1", 7)]);
  const { items } = await status.listBundleReports();
  expect(items.map(({ cluster, bundle, revision, objects }) => [cluster, bundle, revision, objects])).toEqual(
    [
      ["eu-1", "b1", 6, 3],
      ["eu-1", "b2", 5, 3],
      ["us-1", "b1", 7, 3],
    ],
  );
  const failing = await status.listBundleReports({ failing: true });
  expect(failing.items).toMatchObject([{ bundle: "b2", problems: [problem] }]);
  expect(await changes.revision()).toBe(2);
});

it("forgets a removed bundle once it has no problems left", async () => {
  const { status } = await storeWithClusters();
  await record(status, "eu-1", [report("b1", 1), report("b2", 1)]);
  await record(status, "eu-1", [
    report("b1", 2, { hash: "", objects: 0 }),
    report("b2", 2, { hash: "", objects: 0, problems: [problem] }),
  ]);
  expect((await status.listBundleReports()).items).toMatchObject([
    { bundle: "b2", hash: "", problems: [problem] },
  ]);
});

it("pages through very many reports", async () => {
  const { status } = await storeWithClusters();
  const names = Array.from({ length: 2_500 }, (_, i) => `b${String(i).padStart(4, "0")}`);
  await record(
    status,
    "eu-1",
    names.map((name) => report(name, 1)),
  );
  const seen: string[] = [];
  for (let cursor: string | undefined | null; cursor !== null; ) {
    const page = await status.listBundleReports({ cluster: "eu-1", limit: 1000, cursor });
    seen.push(...page.items.map(({ bundle }) => bundle));
    cursor = page.next;
  }
  expect(seen).toEqual(names);
});

it("changes only the fields that an update gives", async () => {
  const { status } = await storeWithClusters();
  const lastSeenAt = "2026-01-02T03:04:05.000Z";
  await status.updateClusters([
    { cluster: "eu-1", replica: "r1", lastSeenAt, agentVersion: "1.2.3" },
    { cluster: "us-1", replica: "r1" },
    { cluster: "unknown", replica: "r1" },
  ]);
  await Promise.all([
    status.updateClusters([{ cluster: "eu-1", appliedRevision: 7, certificateNotAfter: lastSeenAt }]),
    status.updateClusters([{ cluster: "eu-1", desiredRevision: 9, agentVersion: null }]),
  ]);
  expect(await status.cluster("eu-1")).toEqual({
    cluster: "eu-1",
    replica: "r1",
    lastSeenAt,
    appliedRevision: 7,
    desiredRevision: 9,
    agentVersion: null,
    kubernetesVersion: null,
    certificateSerial: null,
    certificateNotAfter: lastSeenAt,
  });
});

it("takes a disconnection only from the replica that holds the stream", async () => {
  const { status } = await storeWithClusters();
  const holders = async () => (await status.clusters()).map(({ replica }) => replica);
  await status.updateClusters([
    { cluster: "eu-1", replica: "r1" },
    { cluster: "us-1", replica: "r1" },
  ]);
  await status.updateClusters([{ cluster: "eu-1", replica: "r2" }]);
  await status.disconnected("r1", "eu-1");
  expect(await holders()).toEqual(["r2", "r1"]);
  await status.disconnected("r1");
  expect(await holders()).toEqual(["r2", null]);
});

it("tells a replica what was reported to others since, oldest first", async () => {
  const { status } = await storeWithClusters();
  await status.updateClusters([
    { cluster: "eu-1", replica: "a" },
    { cluster: "us-1", replica: "b" },
  ]);
  const before = new Date(Date.now() - 60_000).toISOString();
  await record(status, "eu-1", [report("b1", 5)]);
  await record(status, "us-1", [report("b2", 5)]);
  const [told, ...more] = await status.reportsElsewhere("a", before);
  expect(told).toMatchObject({ cluster: "us-1", bundle: "b2" });
  expect(more).toEqual([]);
  expect(await status.reportsElsewhere("a", told?.reportedAt ?? "")).toEqual([]);
  expect(await status.reportsElsewhere("c", before)).toHaveLength(2);
});
