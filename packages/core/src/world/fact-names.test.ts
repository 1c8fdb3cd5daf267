import type { ClusterFact, WorkloadFact } from "@heddle/api";
import { factKey } from "@heddle/api";
import { expect, it } from "vitest";
import { World } from "./world.ts";

const cluster = (name: string): ClusterFact => ({ name, uid: name, labels: {}, paused: false });
const workload = (name: string, serviceAccount: string): WorkloadFact => ({
  kind: "Workload",
  workloadKind: "Deployment",
  namespace: "shop",
  name,
  labels: {},
  serviceAccount,
  ports: [],
  pods: { total: 1, ready: 1, meshed: 0 },
});

it("has a name as long as any cluster has it", () => {
  const world = new World();
  const one = workload("reviews-v1", "reviews");
  const [eu, us] = ["eu", "us"].map((name) => world.putCluster(cluster(name)));
  if (eu === undefined || us === undefined) throw new Error("there are two");
  for (const at of [eu, us]) world.putFact(at, factKey(one), one);
  world.putFact(eu, "Workload/shop/Deployment.reviews-v2", workload("reviews-v2", "reviews"));

  world.putFact(eu, factKey(one), undefined);
  expect([...world.names.of("Workload", "shop")].sort()).toEqual(["reviews-v1", "reviews-v2"]);
  world.deleteCluster("us");
  expect([...world.names.of("Workload", "shop")]).toEqual(["reviews-v2"]);

  world.putFact(eu, "Workload/shop/Deployment.reviews-v2", workload("reviews-v2", "others"));
  expect(world.names.has("ServiceAccount", "reviews", "shop")).toBe(false);
  expect(world.names.has("ServiceAccount", "others", "shop")).toBe(true);
  expect(world.names.has("ServiceAccount", "others", "bank")).toBe(false);
  world.deleteCluster("eu");
  expect([...world.names.of("Workload", "shop")]).toEqual([]);
});
