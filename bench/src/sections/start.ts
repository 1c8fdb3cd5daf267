import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, openStore, startEmbeddedPostgres } from "@heddle/store";
import { round } from "../spread.ts";
import { BenchServer } from "../stand/bench-server.ts";
import { services } from "../stand/sample-facts.ts";
import type { Section } from "./section.ts";
import { policies } from "./translation-world.ts";

const clusters = 100;
const servicesEach = 1_000;

/** (g) A server starts on a database with a thousand services in each of a hundred clusters, and two policies for each service. */
export const start: Section = async ({ say }) => {
  const folder = await mkdtemp(join(tmpdir(), "heddle-bench-"));
  await chmod(folder, 0o711);
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
  try {
    say("storing the fleet");
    await store(postgres.url);
    const started = performance.now();
    await using server = await BenchServer.start({ DATABASE_URL: postgres.url });
    const ready = await fetch(`${server.url}/readyz`);
    if (!ready.ok) throw new Error(`the server is up and not ready: ${await ready.text()}`);
    const seconds = round((performance.now() - started) / 1000);
    for (const { stage, ...taken } of await server.stages()) say(`${stage} ${taken["p99 ms"]} ms`);
    const mib = round((await server.memory()).rss / 2 ** 20);
    say(`${seconds} s`);
    return [
      {
        section: "start",
        what: `server ready with ${servicesEach} services × ${clusters} clusters stored, ${servicesEach * 2} policies`,
        runs: 1,
        figures: { s: seconds, "resident MiB": mib },
        target: { figure: "s", most: 5 },
      },
    ];
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

async function store(url: string): Promise<void> {
  await migrate(url);
  const stored = openStore({ url });
  const upserts = services(servicesEach);
  for (let index = 0; index < clusters; index++) {
    const name = `c-${index}`;
    await stored.clusters.register({ name, uid: `uid-${name}` });
    await stored.inventory.applyDelta(name, { full: true, upserts, deletes: [] });
  }
  const edits = policies(servicesEach).flatMap((change) =>
    change.kind === "resource" && change.resource !== undefined
      ? {
          op: "put" as const,
          kind: change.resource.kind,
          metadata: {
            name: change.resource.metadata.name,
            workspace: change.resource.metadata.workspace,
            labels: {},
            annotations: {},
          },
          spec: change.resource.spec,
        }
      : [],
  );
  await stored.resources.applyBatch(edits, { author: "bench", message: "" });
  await stored.close();
}
