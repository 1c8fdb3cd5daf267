import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuthorityPort, readAgentCertificate } from "@heddle/relay";
import { type EmbeddedPostgres, migrate, openStore, type Store, startEmbeddedPostgres } from "@heddle/store";
import { createAuthority, createKeyAndCsr } from "@heddle/trust";
import { afterAll, beforeAll, expect, it } from "vitest";
import { agentAuthority } from "./agent-authority.ts";

let folder: string;
let postgres: EmbeddedPostgres;
let store: Store;
let agents: AuthorityPort;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "heddle-authority-"));
  await chmod(folder, 0o711);
  postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres"), settings: { fsync: "off" } });
  await migrate(postgres.url);
  store = openStore({ url: postgres.url });
  const authority = await createAuthority({
    commonName: "test",
    ttlMs: 86_400_000,
    clock: { now: () => Date.now() },
  });
  const fleet = { resources: new Map() };
  agents = agentAuthority({ store, fleet, authority, trustDomain: "heddle", drift: "repair" });
});
afterAll(async () => {
  await store?.close();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

const enrol = async (tokenHash: string, clusterUid: string) =>
  agents.enrol({
    tokenHash,
    csr: (await createKeyAndCsr()).csrPem,
    facts: { clusterUid, kubeVersion: "v1", agentVersion: "1" },
  });

/** Enrols a cluster; returns the serial of its agent's certificate. */
async function enrolled(name: string): Promise<string> {
  const tokenHash = Buffer.from(name).toString("hex").padEnd(64, "0");
  await store.enrolment.createToken(name, tokenHash, 60_000);
  return serialOf(await enrol(tokenHash, `uid-${name}`));
}

function serialOf(answer: Awaited<ReturnType<AuthorityPort["enrol"]>>): string {
  if (!answer.ok) throw new Error(answer.code);
  return readAgentCertificate(answer.certificateChainPem)?.serial ?? "";
}

const renew = async (clusterUid: string, serial: string) =>
  agents.renew({ clusterUid, serial, csr: (await createKeyAndCsr()).csrPem });

it("renews a certificate for the same cluster, and both are good", async () => {
  const first = await enrolled("east");
  const second = serialOf(await renew("uid-east", first));
  expect(second).not.toBe(first);
  for (const serial of [first, second])
    expect(await agents.authorise({ clusterUid: "uid-east", serial })).toMatchObject({
      ok: true,
      cluster: { name: "east" },
    });
});

it("renews for no other cluster, and nothing for a certificate that is not good", async () => {
  const [west, north] = [await enrolled("west"), await enrolled("north")];
  expect(await renew("uid-north", west)).toEqual({ ok: false, code: "RELAY_CLUSTER_MISMATCH" });
  expect(await renew("uid-west", "00ff")).toEqual({ ok: false, code: "RELAY_CLUSTER_UNKNOWN" });
  await store.certificates.revoke({ serial: north });
  expect(await renew("uid-north", north)).toEqual({ ok: false, code: "RELAY_REVOKED" });
});

it("enrols by no token that has expired, was used with another key, or was never made", async () => {
  const [late, used, forged] = ["a", "b", "c"].map((letter) => letter.repeat(64)) as [string, string, string];
  await store.enrolment.createToken("late", late, -1);
  await store.enrolment.createToken("used", used, 60_000);
  expect(await enrol(used, "uid-used")).toMatchObject({ ok: true });
  expect(await enrol(late, "uid-late")).toEqual({ ok: false, code: "RELAY_TOKEN_EXPIRED" });
  expect(await enrol(used, "uid-thief")).toEqual({ ok: false, code: "RELAY_TOKEN_USED" });
  expect(await enrol(forged, "uid-forged")).toEqual({ ok: false, code: "RELAY_TOKEN_UNKNOWN" });
  expect((await store.clusters.list()).map(({ name }) => name)).not.toContain("late");
});
