import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { meshAvailability } from "../src/mesh/istio/mesh-availability.ts";
import { Mesh } from "../src/mesh/mesh.ts";
import type { ServiceSpec } from "../src/mesh/pod/pod-spec.ts";
import { pods, services } from "../src/mesh/shop.ts";
import { HeddleProcesses } from "../src/spine/heddle-processes.ts";
import { startCluster, type TestCluster } from "../src/testbed/cluster.ts";
import { waitUntil } from "../src/testbed/wait-until.ts";
import { again } from "./again.ts";
import { areas } from "./areas.ts";
import { noting, writeOutcomes } from "./outcomes.ts";
import type { Scenario, Target, Wish } from "./scenario.ts";
import { Scene } from "./scene.ts";

const { available } = await meshAvailability();

/** Policies through Heddle's command line, server and agent, judged by what real requests through real sidecars do. */
describe.skipIf(!available)("on a real mesh", () => {
  let cluster: TestCluster;
  let mesh: Mesh;
  let heddle: HeddleProcesses;

  beforeAll(async () => {
    const own = areas
      .flatMap(({ ownServices, scenarios }) => (ownServices ? Object.entries(scenarios) : []))
      .map(([name, scenario]) => ownService(name, scenario));
    [heddle, cluster] = await Promise.all([HeddleProcesses.start(), startCluster({ name: "mesh" })]);
    const scenarios = areas.flatMap((area) => Object.values(area.scenarios));
    const secrets = (await Promise.all(scenarios.map((scenario) => scenario.secrets?.() ?? []))).flat();
    mesh = await Mesh.start(cluster, { pods, services: [...services, ...own], secrets });
    const register = "cluster register mesh --labels site=test --token-only".split(" ");
    const token = (await heddle.ok(register)).stdout.trim();
    const agent = heddle.runAgent("mesh", cluster.kubeconfigPath, { HEDDLE_TOKEN: token });
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

  for (const { name: area, scenarios, ownServices } of areas)
    describe(area, { concurrent: ownServices }, () => {
      for (const [name, scenario] of Object.entries(scenarios))
        it(`${name}: ${scenario.title}`, async () => {
          const { namespace } = ownService(name, scenario);
          const service = ownServices ? { name, namespace } : { name: "vault", namespace: "safe" };
          const scene = sceneOf(name, service);
          await noting(`${area}/${name}`, scenario, () =>
            play(name, scenario, scene, { settle: !ownServices }),
          );
        });
    });

  function sceneOf(name: string, service: Target): Scene {
    return new Scene(mesh, service, async (wishes) => {
      await heddle.ok(["apply", "-f", "-", "--wait"], manifestsOf(name, wishes));
    });
  }

  /** Not in force, applied, in force and as it should be, removed, not in force. */
  async function play(
    name: string,
    scenario: Scenario,
    scene: Scene,
    { settle }: { settle: boolean },
  ): Promise<void> {
    expect(await scenario.inForce(scene), "in force before it was applied").toBe(false);
    const addressOf = (pod: string) => mesh.pod(pod).place.address;
    const wishes = scenario.wishes(scene.service, addressOf);
    const objects = JSON.stringify({ apiVersion: "v1", kind: "List", items: scenario.objects?.(addressOf) });
    if (scenario.objects) await cluster.kubectlOk(["apply", "-f", "-"], objects);
    await using _meanwhile = again(() => scenario.meanwhile?.(scene));
    try {
      await scene.apply(wishes);
      await waitUntil(`${name} is in force`, () => scenario.inForce(scene));
      if (settle) await scene.settled();
      await scenario.check(scene);
    } finally {
      await heddle.ok(["delete", "-f", "-", "--ignore-not-found"], manifestsOf(name, wishes));
      await waitUntil(`${name} is gone`, async () => !(await scenario.inForce(scene)));
      if (settle) await scene.settled();
      if (scenario.objects) await cluster.kubectlOk(["delete", "-f", "-"], objects);
    }
  }
});

/** Named by the scenario, with the number of the wish. */
function manifestsOf(name: string, wishes: readonly Wish[]): string {
  return wishes
    .map(({ kind, spec, ...metadata }, index) =>
      JSON.stringify({
        apiVersion: "heddle.io/v1alpha1",
        kind,
        metadata: { name: `${name}-${index + 1}`, ...metadata },
        spec,
      }),
    )
    .join("\n---\n");
}

function ownService(name: string, { service }: Scenario): ServiceSpec {
  const web = { selector: { app: "web" }, ports: { 8080: 8080, 8081: 8080 } };
  return { name, namespace: "shop", ...web, ...service };
}
