import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitUntil } from "../testbed/wait-until.ts";
import { meshAvailability } from "./istio/mesh-availability.ts";
import type { Mesh } from "./mesh.ts";
import { once } from "./pod/pod.ts";
import type { ReceivedRequest } from "./pod/pod-protocol.ts";
import { startTestbed, type Testbed } from "./testbed/testbed.ts";
import { sharedTrustDomain } from "./two-clusters.ts";

const { available } = await meshAvailability();
const url = "http://web.shop:8080/";

/** As `npm run testbed -- up --clusters 2 --networks …` brings it up. */
describe.skipIf(!available).each([1, 2] as const)("two clusters, networks: %i", (networks) => {
  let testbed: Testbed;

  beforeAll(async () => {
    testbed = await startTestbed({ clusters: 2, networks });
  }, 240_000);

  afterAll(() => testbed?.[Symbol.asyncDispose]());

  it("have answers from pods of both, whichever they ask from", async () => {
    for (const mesh of testbed.meshes) {
      const answers = await mesh.request("front", { url, count: 60, parallel: 5 });
      const seen = new Set(answers.map(({ status, headers }) => `${status} ${headers["x-cluster"]}`));
      expect([...seen].toSorted()).toEqual(["200 east", "200 west"]);
    }
  });

  it("know each other by mTLS: one trust domain, one root, a CA each", async () => {
    const { headers } = await waitUntil("a pod of west answers east", async () => {
      const [answer] = await meshOf("east").request("front", { url });
      return answer?.headers["x-cluster"] === "west" && (JSON.parse(answer.body) as ReceivedRequest);
    });
    const client = headers["x-forwarded-client-cert"];
    expect(client).toContain(`By=spiffe://${sharedTrustDomain}/ns/shop/sa/web;`);
    expect(client).toContain(`URI=spiffe://${sharedTrustDomain}/ns/shop/sa/front`);
    const [east, west] = [await chainOf(meshOf("east")), await chainOf(meshOf("west"))];
    expect(east[0]?.issuer).toContain("CN=intermediate-east");
    expect(west[0]?.issuer).toContain("CN=intermediate-west");
    expect(east.at(-1)?.subject).toContain("CN=root");
    expect(east.at(-1)?.fingerprint256).toBe(west.at(-1)?.fingerprint256);
  });

  if (networks === 1)
    it("reach each other's pods directly", async () => {
      const { address } = meshOf("west").pod("web-v1").place;
      expect(await direct("east", address)).toMatchObject({ status: 200 });
      expect(await endpoints("east")).toContain(`${address}:8080`);
    });
  else
    it("reach each other's pods through gateways only", async () => {
      const { address } = meshOf("west").pod("web-v1").place;
      expect(await direct("west", address)).toMatchObject({ status: 200 });
      expect(await direct("east", address)).toMatchObject({ status: 0, body: "ENETUNREACH" });
      const { outside } = meshOf("west").pod("eastwest").place;
      const own = ["web-v1", "web-v2"].map((pod) => `${meshOf("east").pod(pod).place.address}:8080`);
      expect(await endpoints("east")).toEqual([...own, `${outside}:15443`]);
    });

  it("are under a policy of Heddle's that is applied once", async () => {
    await testbed.heddle.ok(["apply", "-f", "-", "--wait"], JSON.stringify(policy));
    for (const mesh of testbed.meshes)
      await waitUntil(`${mesh.cluster.name} has it in all answers, of both clusters`, async () => {
        const answers = await mesh.request("front", { url, count: 30, parallel: 5 });
        const seen = new Set(answers.map(({ headers }) => headers["x-cluster"]));
        return seen.size === 2 && answers.every(({ headers }) => headers["x-marked"] === "everywhere");
      });
  });

  function meshOf(cluster: string): Mesh {
    const found = testbed.meshes.find(({ cluster: { name } }) => name === cluster);
    if (found === undefined) throw new Error(`no cluster ${cluster}`);
    return found;
  }

  /** What comes of a plain request from outside of the mesh to a pod's address. */
  async function direct(from: string, address: string): Promise<unknown> {
    const [answer] = await meshOf(from).request("stranger", { url: `http://${address}:8080/` });
    return answer;
  }

  /** Where the client's sidecar sends requests for `web`. */
  async function endpoints(cluster: string): Promise<string[]> {
    const text = await sidecar(meshOf(cluster), "/clusters");
    const lines = text.matchAll(
      /^outbound\|8080\|\|web\.shop\.svc\.cluster\.local::([\d.]+:\d+)::cx_total/gm,
    );
    return [...lines].map(([, address = ""]) => address).toSorted();
  }
});

const policy = {
  apiVersion: "heddle.io/v1alpha1",
  kind: "TrafficPolicy",
  metadata: { name: "marked" },
  spec: {
    targets: [{ name: "web", namespace: "shop" }],
    defaults: { headers: { response: { set: { "x-marked": "everywhere" } } } },
  },
};

/** The client's own certificate and those of who signed it. */
async function chainOf(mesh: Mesh): Promise<readonly X509Certificate[]> {
  const dump = JSON.parse(
    await sidecar(mesh, "/config_dump?resource=dynamic_active_secrets&name_regex=default"),
  ) as { configs: { secret: { tls_certificate: { certificate_chain: { inline_bytes: string } } } }[] };
  const bytes = dump.configs[0]?.secret.tls_certificate.certificate_chain.inline_bytes ?? "";
  const end = "-----END CERTIFICATE-----";
  const pems = Buffer.from(bytes, "base64").toString().split(end).slice(0, -1);
  return pems.map((pem) => new X509Certificate(`${pem}${end}`));
}

/** What Envoy's administration in the client's sidecar answers. */
async function sidecar(mesh: Mesh, path: string): Promise<string> {
  const [answer] = await mesh.pod("front").send({ ...once, address: "127.0.0.1", port: 15000, path });
  return answer?.body ?? "";
}
