import type { WorldCase } from "./case.ts";

const policy = (spec: string) => `{ kind: TrafficPolicy, metadata: { name: a }, spec: ${spec} }`;
const timeout = "defaults: { timeout: { request: 1s } }";
const workspace = (owns: string) =>
  `{ kind: Workspace, metadata: { name: late }, spec: { owns: [${owns}] } }`;

/** Labels, places, ports and accounts that nothing has. */
export const selectionCases: readonly WorldCase[] = [
  {
    title: "targets by label that select something",
    input: policy(
      `{ targets: [{ labels: { app: reviews }, namespaces: [shop] }, { kind: Workload, labels: { app: till } }, { labels: { app: new }, clusterLabels: { tier: new } }], ${timeout} }`,
    ),
    told: [],
  },
  {
    title: "labels that no service has",
    input: policy(`{ targets: [{ labels: { app: reveiws }, namespaces: [shop, bank] }], ${timeout} }`),
    told: [
      "TARGET_NOT_FOUND spec.targets[0]: no service in namespace `shop`, `bank` of any cluster has `app=reveiws`; did you mean `app=reviews`?",
    ],
  },
  {
    title: "labels that no one workload has together",
    input: policy(`{ targets: [{ kind: Workload, labels: { app: ledger, version: v2 } }], ${timeout} }`),
    told: [
      "TARGET_NOT_FOUND spec.targets[0]: no workload in any namespace of any cluster has `app=ledger` and `version=v2`; did you mean `version=v1`?",
    ],
  },
  {
    title: "a namespace without a service",
    input: policy(`{ targets: [{ namespaces: [sandbox] }], ${timeout} }`),
    told: ["TARGET_NOT_FOUND spec.targets[0]: no service in namespace `sandbox` of any cluster"],
  },
  {
    title: "a service that is in other clusters only",
    input: policy(
      `{ targets: [{ name: ratings, namespace: shop, clusters: [us-1] }, { name: ratings, namespace: shop, clusters: [us-1, unheard] }], rules: [{ split: [{ cluster: us-1, destination: { name: ledger, namespace: bank } }] }] }`,
    ),
    told: [
      "TARGET_NOT_FOUND spec.targets[0]: service `ratings` in namespace `shop` is in no cluster that is selected; it is in `eu-1`",
      "DESTINATION_NOT_FOUND spec.rules[0].split[0].cluster: service `ledger` in namespace `bank` is not in cluster `us-1`; it is in `eu-1`",
    ],
  },
  {
    title: "labels that no cluster has",
    input: policy(
      `{ targets: [{ name: reviews, namespace: shop, clusterLabels: { tier: prodution } }], sources: [{ clusterLabels: { tier: edge } }], ${timeout} }`,
    ),
    told: [
      "CLUSTER_NOT_FOUND spec.targets[0].clusterLabels: no cluster has the labels `tier=prodution`; did you mean `tier=production`?",
    ],
  },
  {
    title: "ports of targets, of splits and of what is matched",
    input: policy(
      `{ targets: [{ name: reviews, namespace: shop, ports: [9080, 80] }], rules: [{ match: [{ port: 81 }], split: [{ port: 15000 }, { port: 82 }, { destination: { kind: ExternalService, name: stripe }, port: 80 }] }] }`,
    ),
    told: [
      "PORT_NOT_FOUND spec.targets[0].ports[1]: service `reviews` in namespace `shop` has no port 80; it has 9080 (http), 15000 (admin)",
      "PORT_NOT_FOUND spec.rules[0].match[0].port: service `reviews` in namespace `shop` has no port 81; it has 9080 (http), 15000 (admin)",
      "PORT_NOT_FOUND spec.rules[0].split[1].port: service `reviews` in namespace `shop` has no port 82; it has 9080 (http), 15000 (admin)",
      "PORT_NOT_FOUND spec.rules[0].split[2].port: ExternalService `stripe` has no port 80; it has 443 (https)",
    ],
  },
  {
    title: "ports of operations, of what is reachable and of backends",
    input: `{ kind: AccessPolicy, metadata: { name: a }, spec: { action: ALLOW, targets: [{ name: reviews, namespace: shop }, { name: ratings, namespace: shop }], to: [{ ports: [8080, 1], not: { ports: [2] } }] } }
---
{ kind: EgressPolicy, metadata: { name: a }, spec: { reachable: [{ destination: { name: ledger, namespace: bank }, ports: [443, 444] }] } }
---
{ kind: VirtualDestination, metadata: { name: a }, spec: { hosts: [a.mesh], ports: [{ port: 80 }], backends: [{ selector: { name: ledger, namespace: bank }, port: 80 }] } }`,
    told: [
      "PORT_NOT_FOUND spec.to[0].ports[1]: service `reviews` in namespace `shop` has no port 1; it has 9080 (http), 15000 (admin)",
      "PORT_NOT_FOUND spec.to[0].not.ports[0]: service `reviews` in namespace `shop` has no port 2; it has 9080 (http), 15000 (admin)",
      "PORT_NOT_FOUND spec.reachable[0].ports[1]: service `ledger` in namespace `bank` has no port 444; it has 443 (grpc)",
      "PORT_NOT_FOUND spec.backends[0].port: service `ledger` in namespace `bank` has no port 80; it has 443 (grpc)",
    ],
  },
  {
    title: "service accounts that no workload has",
    input: `{ kind: AccessPolicy, metadata: { name: a }, spec: { action: ALLOW, targets: [{ name: reviews, namespace: shop }], from: [{ serviceAccounts: [shop/rating, shop/reviews, shpo/reviews], not: { serviceAccounts: [bank/ledgre] } }] } }
---
${policy(`{ targets: [{ name: reviews, namespace: shop }], sources: [{ namespaces: [bank, shop], serviceAccounts: [ratings, leger] }], ${timeout} }`)}`,
    told: [
      "SERVICE_ACCOUNT_NOT_FOUND spec.from[0].serviceAccounts[0]: no workload in namespace `shop` has the service account `rating`; did you mean `ratings`?",
      "NAMESPACE_NOT_FOUND spec.from[0].serviceAccounts[2]: no namespace `shpo` in any cluster; did you mean `shop`?",
      "SERVICE_ACCOUNT_NOT_FOUND spec.from[0].not.serviceAccounts[0]: no workload in namespace `bank` has the service account `ledgre`; did you mean `ledger`?",
      "SERVICE_ACCOUNT_NOT_FOUND spec.sources[0].serviceAccounts[1]: no workload in namespace `bank`, `shop` has the service account `leger`; did you mean `ledger`?",
    ],
  },
  {
    title: "a workspace that owns nothing",
    input: workspace(
      "{ namespaces: [shop, sandbox] }, { namespaces: [snadbox] }, { namespaceLabels: { team: wep } }, { clusterLabels: { tier: edge }, namespaces: [shop] }",
    ),
    told: [
      "CONFLICT spec.owns[0].namespaces[0]: namespace `shop` belongs to workspace `web`, which is older",
      "NAMESPACE_NOT_FOUND spec.owns[1].namespaces[0]: no namespace `snadbox` in any cluster; did you mean `sandbox`?",
      "NAMESPACE_NOT_FOUND spec.owns[2].namespaceLabels: no namespace has the labels `team=wep`; did you mean `team=web`?",
    ],
  },
  {
    title: "a namespace that the older workspace gives up in the same input",
    input: `${workspace("{ namespaces: [shop] }")}
---
{ kind: Workspace, metadata: { name: web }, spec: { owns: [{ namespaces: [sandbox] }] } }`,
    told: [],
  },
];

/** What belongs to others. */
export const foreignCases: readonly WorldCase[] = [
  {
    title: "services and workloads of another workspace, exported and not",
    input: `{ kind: TrafficPolicy, metadata: { name: a, workspace: pay }, spec: { targets: [{ name: ledger, namespace: bank }, { name: ratings, namespace: shop }, { name: reviews, namespace: shop }, { kind: Workload, name: reviews-v1, namespace: shop }], ${timeout} } }
---
{ kind: AccessPolicy, metadata: { name: a, workspace: pay }, spec: { action: ALLOW, targets: [{ name: ledger, namespace: bank }, { name: ratings, namespace: shop }] } }`,
    told: [
      "WORKSPACE_NOT_ALLOWED spec.targets[2].name: service `reviews` in namespace `shop` belongs to workspace `web`, which does not export it to workspace `pay`",
      "WORKSPACE_NOT_ALLOWED spec.targets[3].name: workload `reviews-v1` in namespace `shop` belongs to workspace `web`, which does not export it to workspace `pay`",
      "WORKSPACE_NOT_ALLOWED spec.targets[1].name: service `ratings` in namespace `shop` belongs to workspace `web`, and only its owner decides about this",
    ],
  },
];

/** What deletions leave behind. */
export const deletionCases: readonly WorldCase[] = [
  {
    title: "deleting what others refer to",
    deletes: ["TrustAnchor/default/root", "RouteTable/default/checkout", "ExternalService/pay/swift"],
    told: [
      "STILL_REFERENCED TrustAnchor/default/root: it is named by VirtualMesh/default/everything at spec.trust.anchor",
    ],
  },
  {
    title: "deleting it together with what refers to it",
    deletes: ["TrustAnchor/default/root", "VirtualMesh/default/everything"],
    told: [],
  },
  {
    title: "deleting a workspace with resources in it",
    deletes: ["Workspace/default/web"],
    told: [
      "STILL_REFERENCED Workspace/default/web: it is named by Workspace/default/pay at spec.imports[0].workspace, Role/default/developer at spec.rules[0].workspaces[0], ExternalService/pay/swift at spec.exportTo[0], VirtualDestination/web/search at metadata.workspace, Gateway/default/public at spec.listeners[0].allowedWorkspaces[0]",
    ],
  },
  {
    title: "resources that the actor may not list",
    deletes: ["TrustAnchor/default/root"],
    actor: { name: "nobody", roles: [], workspaces: [] },
    told: ["STILL_REFERENCED TrustAnchor/default/root: it is named by a VirtualMesh that you may not list"],
  },
];
