import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Mesh } from "../src/mesh/mesh.ts";
import { meshAvailability } from "../src/mesh/mesh-availability.ts";
import { pods, services } from "../src/mesh/shop.ts";
import { HeddleProcesses } from "../src/spine/heddle-processes.ts";
import { startCluster, type TestCluster } from "../src/testbed/cluster.ts";
import { waitUntil } from "../src/testbed/wait-until.ts";
import { noteOutcome, writeOutcomes } from "./outcomes.ts";
import type { Scenario, Target } from "./scenario.ts";
import { Scene } from "./scene.ts";
import { securityScenarios } from "./security/index.ts";
import { trafficScenarios } from "./traffic/index.ts";

const { available } = await meshAvailability();

/** Policies through Heddle's command line, server and agent, judged by what real requests through real sidecars do. */
describe.skipIf(!available)("on a real mesh", () => {
  let cluster: TestCluster;
  let mesh: Mesh;
  let heddle: HeddleProcesses;

  beforeAll(async () => {
    const own = Object.keys(trafficScenarios).map((name) => ({
      name,
      namespace: "shop",
      selector: { app: "web" },
      ports: { 8080: 8080, 8081: 8080 },
    }));
    [heddle, cluster] = await Promise.all([HeddleProcesses.start(), startCluster({ name: "mesh" })]);
    mesh = await Mesh.start(cluster, { pods, services: [...services, ...own] });
    const agent = await heddle.startAgent("mesh", cluster.kubeconfigPath);
    await waitUntil("Heddle has found the mesh and its services", async () => {
      const found = (await heddle.ok(["get", "destinations", "--no-headers"])).stdout;
      const meshes = (await heddle.ok(["get", "meshes", "--no-headers"])).stdout;
      return meshes.includes("istio") && own.every(({ name }) => found.includes(` ${name} `));
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${agent.log()}`, { cause: error });
    });
  }, 900_000);

  afterAll(async () => {
    await writeOutcomes();
    await heddle?.[Symbol.asyncDispose]();
    await mesh?.close();
    await cluster?.close();
  });

  it("has Istio's validator at the API server", async () => {
    const refused = {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "refused", namespace: "shop" },
      spec: { hosts: ["web"], http: [{ redirect: { uri: "/" }, fault: { abort: { httpStatus: 500 } } }] },
    };
    const { code, stderr } = await cluster.kubectl(["apply", "-f", "-"], JSON.stringify(refused));
    expect(code).toBe(1);
    expect(stderr).toContain("HTTP route cannot contain both fault and redirect");
  });

  describe.concurrent("traffic", () => {
    for (const [name, scenario] of Object.entries(trafficScenarios))
      it(`${name}: ${scenario.title}`, () => play("traffic", name, scenario, { name, namespace: "shop" }));
  });

  describe("security", () => {
    for (const [name, scenario] of Object.entries(securityScenarios))
      it(`${name}: ${scenario.title}`, () =>
        play("security", name, scenario, { name: "vault", namespace: "safe" }));
  });

  /** Not in force, applied, in force and as it should be, removed, not in force. */
  async function play(
    area: "traffic" | "security",
    name: string,
    scenario: Scenario,
    service: Target,
  ): Promise<void> {
    const scene = new Scene(mesh, service);
    expect(await scenario.inForce(scene), "in force before it was applied").toBe(false);
    const manifests = scenario.wishes(service).map(({ kind, spec }, index) => ({
      apiVersion: "heddle.io/v1alpha1",
      kind,
      metadata: { name: `${name}-${index + 1}` },
      spec,
    }));
    const text = manifests.map((manifest) => JSON.stringify(manifest)).join("\n---\n");
    await heddle.ok(["apply", "-f", "-", "--wait"], text);
    try {
      await waitUntil(`${name} is in force`, () => scenario.inForce(scene));
      if (area === "security") await scene.settled();
      await scenario.check(scene);
    } finally {
      await heddle.ok(["delete", "-f", "-"], text);
      await waitUntil(`${name} is gone`, async () => !(await scenario.inForce(scene)));
      if (area === "security") await scene.settled();
    }
    noteOutcome(`${area}/${name}`, scenario.proves);
  }
});
