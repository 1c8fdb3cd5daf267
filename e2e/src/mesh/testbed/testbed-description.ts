import { type Layout, layoutInWords } from "./testbed-layout.ts";
import type { RunningCluster, RunningTestbed } from "./testbed-state.ts";

/** What a running testbed consists of, and commands to try. */
export function described(layout: Layout, testbed: RunningTestbed): string {
  const count = testbed.clusters.reduce((sum, { pods }) => sum + pods.length, 0);
  const [one, other] = testbed.clusters;
  if (one === undefined) return "The testbed has no cluster.";
  return `
The testbed is up: ${layoutInWords(layout)}, with Istio and ${count} pods; Heddle's server${other ? ", and its agent in each" : " and agent"}.

${other ? ofTwo(layout, testbed, one, other) : ofOne(testbed, one)}

\`npm run testbed -- down\` removes everything.`;
}

function ofOne({ heddleConfig, kubectl, istioctl }: RunningTestbed, cluster: RunningCluster): string {
  const front = spaceOf(cluster, "shop/front");
  return `${podsOf(cluster)}

  export KUBECONFIG=${cluster.kubeconfig} HEDDLE_CONFIG=${heddleConfig}
  npx heddle get destinations
  ${kubectl} get pods -A
  ${istioctl} analyze -n shop
  ip netns exec ${front} curl -s http://web.shop:8080/

A canary to apply, and to see:

  npx heddle apply -f - --wait <<END
  apiVersion: heddle.io/v1alpha1
  kind: TrafficPolicy
  metadata: { name: canary }
  spec:
    targets: [{ name: web, namespace: shop }]
    rules: [{ split: [{ version: v1, weight: 90 }, { version: v2, weight: 10 }] }]
  END
  for i in $(seq 20); do ip netns exec ${front} curl -s http://web.shop:8080/ | grep -o '"version":"v."'; done`;
}

function ofTwo(
  { networks }: Layout,
  { heddleConfig, kubectl, istioctl, clusters }: RunningTestbed,
  one: RunningCluster,
  other: RunningCluster,
): string {
  const [front, otherFront] = [spaceOf(one, "shop/front"), spaceOf(other, "shop/front")];
  const far = other.pods.find(({ name }) => name === "shop/web-v1")?.address ?? "";
  return `${clusters.map((cluster) => `Cluster ${cluster.name}\n${podsOf(cluster)}`).join("\n")}

  export HEDDLE_CONFIG=${heddleConfig}
  npx heddle get clusters
  ${clusters.map(({ kubeconfig }) => `${kubectl} --kubeconfig ${kubeconfig} get pods -A`).join("\n  ")}
  ${istioctl} --kubeconfig ${one.kubeconfig} analyze -n shop

Requests from ${one.name} that pods of both clusters answer${networks === 2 ? `, ${other.name}'s through its gateway` : ""}:

  for i in $(seq 20); do ip netns exec ${front} curl -s http://web.shop:8080/ | grep -o '"cluster":"[a-z]*"'; done

From a pod without a sidecar straight to a pod of ${other.name}, which ${networks === 2 ? "is not to be reached: it is on another network" : "answers"}:

  ip netns exec ${spaceOf(one, "shop/stranger")} curl -sS http://${far}:8080/

A policy, applied once, that holds for clients of both clusters:

  npx heddle apply -f - --wait <<END
  apiVersion: heddle.io/v1alpha1
  kind: TrafficPolicy
  metadata: { name: marked }
  spec:
    targets: [{ name: web, namespace: shop }]
    defaults: { headers: { response: { set: { x-marked: everywhere } } } }
  END
  for space in ${front} ${otherFront}; do ip netns exec $space curl -si http://web.shop:8080/ | grep x-marked; done`;
}

function podsOf({ pods }: RunningCluster): string {
  const width = Math.max(18, ...pods.map(({ name }) => name.length));
  return pods
    .map(
      ({ name, space, address, outside }) =>
        `  ${name.padEnd(width)} ${address.padEnd(12)} network namespace ${space}${outside ? `, for others ${outside}` : ""}`,
    )
    .join("\n");
}

function spaceOf({ pods }: RunningCluster, pod: string): string {
  return pods.find(({ name }) => name === pod)?.space ?? "";
}
