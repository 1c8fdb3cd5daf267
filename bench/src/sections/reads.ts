import { Agent, request } from "node:http";
import type { Row } from "../row.ts";
import { round, spread } from "../spread.ts";
import { BenchServer } from "../stand/bench-server.ts";
import { Fleet } from "../stand/fleet.ts";
import { services } from "../stand/sample-facts.ts";
import type { Section } from "./section.ts";

const seconds = 5;
const connections = 8;
/** What a page of all clusters shows. */
const query = `{ clusters {
  name labels region paused enrolled objects workloads destinations
  status { connected inSync lastSeenAt appliedRevision desiredRevision agentVersion kubernetesVersion }
  meshes { name dialect version }
  problems { code }
} }`;

/** (h) GraphQL reads of the fleet page, eight at a time. */
export const reads: Section = async ({ agents, say }) => {
  const rows: Row[] = [];
  for (const count of agents.filter((many) => many >= 10)) {
    await using server = await BenchServer.start();
    await using _fleet = await Fleet.connect(server, count, services(20));
    const { times, bytes } = await load(server);
    const row = {
      section: "reads",
      what: `fleet page of ${count} clusters, ${connections} at a time`,
      runs: times.length,
      figures: {
        "reads/s": round(times.length / seconds),
        ...spread(times),
        "KiB a page": round(bytes / 1024),
      },
    };
    say(`${row.what}: ${row.figures["reads/s"]}/s`);
    rows.push(row);
  }
  return rows;
};

async function load(
  server: BenchServer,
): Promise<{ readonly times: readonly number[]; readonly bytes: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const until = performance.now() + seconds * 1_000;
  const times: number[] = [];
  let bytes = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < until) {
        const started = performance.now();
        bytes = await read(server, agent);
        times.push(performance.now() - started);
      }
    }),
  );
  agent.destroy();
  return { times, bytes };
}

/** One read; the bytes of its answer. Rejects when it is an error. */
function read(server: BenchServer, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}/graphql`, {
      method: "POST",
      agent,
      headers: { "content-type": "application/json", authorization: `Bearer ${server.token}` },
    });
    call.on("error", reject);
    call.on("response", (response) => {
      let bytes = 0;
      let head = "";
      response.on("data", (chunk: Buffer) => {
        if (bytes === 0) head = chunk.toString("utf8", 0, 200);
        bytes += chunk.length;
      });
      response.on("end", () =>
        head.startsWith('{"data":{"clusters":[') ? resolve(bytes) : reject(new Error(head)),
      );
    });
    call.end(JSON.stringify({ query }));
  });
}
