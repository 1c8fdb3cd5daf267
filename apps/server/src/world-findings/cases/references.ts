import type { WorldCase } from "./case.ts";

const policy = (spec: string, workspace = "default") =>
  `{ kind: TrafficPolicy, metadata: { name: a, workspace: ${workspace} }, spec: ${spec} }`;
const timeout = "defaults: { timeout: { request: 1s } }";
const toReviews = "targets: [{ name: reviews, namespace: shop }]";

/** Names in resources, of every kind that a reference can have. */
export const referenceCases: readonly WorldCase[] = [
  {
    title: "everything that is named is there",
    input: `${policy(`{ ${toReviews}, rules: [{ split: [{ destination: { name: ratings } }, { destination: { kind: ExternalService, name: stripe } }] }] }`)}
---
{ kind: AccessPolicy, metadata: { name: b, workspace: web }, spec: { action: ALLOW, targets: [{ kind: Workload, name: till, namespace: shop }, { kind: Workspace, name: default }], from: [{ serviceAccounts: [shop/till], clusters: [ap-1] }] } }`,
    told: [],
  },
  {
    title: "a service misspelt as a target",
    input: policy(`{ targets: [{ name: reveiws, namespace: shop }], ${timeout} }`),
    told: [
      "TARGET_NOT_FOUND spec.targets[0].name: no service `reveiws` in namespace `shop` of any cluster; did you mean `reviews`?",
    ],
  },
  {
    title: "nothing near",
    input: policy(`{ targets: [{ name: inventory, namespace: shop }], ${timeout} }`),
    told: [
      "TARGET_NOT_FOUND spec.targets[0].name: no service `inventory` in namespace `shop` of any cluster",
    ],
  },
  {
    title: "a service misspelt as a destination, beside the target",
    input: policy(
      `{ ${toReviews}, rules: [{ split: [{ destination: { name: rating } }], mirror: [{ destination: { name: ledgr, namespace: bank } }] }] }`,
    ),
    told: [
      "DESTINATION_NOT_FOUND spec.rules[0].split[0].destination.name: no service `rating` in namespace `shop` of any cluster; did you mean `ratings`?",
      "DESTINATION_NOT_FOUND spec.rules[0].mirror[0].destination.name: no service `ledgr` in namespace `bank` of any cluster; did you mean `ledger`?",
    ],
  },
  {
    title: "a destination beside a target that could be anywhere",
    input: policy(
      `{ targets: [{ labels: { app: reviews } }], rules: [{ split: [{ destination: { name: nowhere } }] }] }`,
    ),
    told: [],
  },
  {
    title: "a destination of a federation and of a virtual destination",
    input: `{ kind: VirtualMesh, metadata: { name: a }, spec: { members: [{ cluster: eu-1 }], trust: { mode: federated }, federation: { exports: [{ name: review, namespace: shop }] } } }
---
{ kind: VirtualDestination, metadata: { name: b }, spec: { hosts: [b.mesh], ports: [{ port: 80 }], backends: [{ selector: { name: review, namespace: shop } }] } }`,
    told: [
      "TARGET_NOT_FOUND spec.federation.exports[0].name: no service `review` in namespace `shop` of any cluster; did you mean `reviews`?",
      "DESTINATION_NOT_FOUND spec.backends[0].selector.name: no service `review` in namespace `shop` of any cluster; did you mean `reviews`?",
    ],
  },
  {
    title: "a workload",
    input:
      "{ kind: AuthenticationPolicy, metadata: { name: a }, spec: { targets: [{ kind: Workload, name: reviews-v2, namespace: shop }], mtls: { mode: STRICT } } }",
    told: [
      "TARGET_NOT_FOUND spec.targets[0].name: no workload `reviews-v2` in namespace `shop` of any cluster; did you mean `reviews-v1`?",
    ],
  },
  {
    title: "a namespace, once however it is named",
    input: policy(
      `{ targets: [{ name: reviews, namespace: shpo }], sources: [{ namespaces: [bnak, shop] }], ${timeout} }`,
    ),
    told: [
      "NAMESPACE_NOT_FOUND spec.targets[0].namespace: no namespace `shpo` in any cluster; did you mean `shop`?",
      "NAMESPACE_NOT_FOUND spec.sources[0].namespaces[0]: no namespace `bnak` in any cluster; did you mean `bank`?",
    ],
  },
  {
    title: "clusters, registered or not",
    input: policy(
      `{ targets: [{ name: reviews, namespace: shop, clusters: [eu-1, ap-1, eu-11] }], rules: [{ split: [{ cluster: us-2 }] }] }`,
    ),
    told: [
      "CLUSTER_NOT_FOUND spec.targets[0].clusters[2]: no cluster `eu-11` is registered; did you mean `eu-1`?",
      "CLUSTER_NOT_FOUND spec.rules[0].split[0].cluster: no cluster `us-2` is registered; did you mean `us-1`?",
    ],
  },
  {
    title: "meshes, and those of the members of a virtual mesh",
    input: `${policy(`{ targets: [{ kind: Mesh, name: istio-sytem }], ${timeout} }`)}
---
{ kind: VirtualMesh, metadata: { name: a }, spec: { members: [{ cluster: eu-1, mesh: linkerd }, { cluster: unheard, mesh: linkerd }], trust: { anchor: rot } } }`,
    told: [
      "MESH_NOT_FOUND spec.targets[0].name: no mesh `istio-sytem` in any cluster; did you mean `istio-system`?",
      "MESH_NOT_FOUND spec.members[0].mesh: no mesh `linkerd` in cluster `eu-1`",
      "REFERENCE_NOT_FOUND spec.trust.anchor: there is no TrustAnchor `rot`; did you mean `root`?",
    ],
  },
  {
    title: "workspaces: its own, those it exports to, and those of a target",
    input: `${policy(`{ targets: [{ kind: Workspace, name: wbe }], ${timeout} }`, "pya")}
---
{ kind: ExternalService, metadata: { name: a }, spec: { hosts: [a.example], ports: [{ port: 80 }], exportTo: [web, wb, "*"] } }`,
    told: [
      "WORKSPACE_NOT_FOUND spec.targets[0].name: there is no workspace `wbe`; did you mean `web`?",
      "WORKSPACE_NOT_FOUND metadata.workspace: there is no workspace `pya`; did you mean `pay`?",
      "WORKSPACE_NOT_FOUND spec.exportTo[1]: there is no workspace `wb`; did you mean `web`?",
    ],
  },
  {
    title: "an external service of another workspace, exported and not",
    input: policy(
      `{ ${toReviews}, rules: [{ split: [{ destination: { kind: ExternalService, name: swift } }, { destination: { kind: ExternalService, name: stripe } }, { destination: { kind: ExternalService, name: swit } }] }] }`,
      "web",
    ),
    told: [
      "REFERENCE_NOT_FOUND spec.rules[0].split[1].destination.name: no ExternalService `stripe` for workspace `web`; the one of workspace `default` is not for it",
      "REFERENCE_NOT_FOUND spec.rules[0].split[2].destination.name: no ExternalService `swit` for workspace `web`; did you mean `swift`?",
    ],
  },
  {
    title: "a virtual destination and a virtual mesh",
    input: policy(
      `{ targets: [{ kind: VirtualDestination, name: serch }, { kind: VirtualMesh, name: everthing }], ${timeout} }`,
    ),
    told: [
      "REFERENCE_NOT_FOUND spec.targets[0].name: no VirtualDestination `serch` for workspace `default`; did you mean `search`?",
      "REFERENCE_NOT_FOUND spec.targets[1].name: there is no VirtualMesh `everthing`; did you mean `everything`?",
    ],
  },
  {
    title: "gateways, their listeners, and route tables",
    input:
      "{ kind: RouteTable, metadata: { name: a, workspace: web }, spec: { hosts: [a.example], gateways: [{ name: public, workspace: default, listener: htp }, { name: publc }], rules: [{ delegate: { name: chekout, workspace: default } }] } }",
    told: [
      "REFERENCE_NOT_FOUND spec.gateways[0].listener: Gateway `public` has no listener `htp`; did you mean `http`?",
      "REFERENCE_NOT_FOUND spec.gateways[1].name: no Gateway `publc` for workspace `web`; did you mean `public`?",
      "REFERENCE_NOT_FOUND spec.rules[0].delegate.name: no RouteTable `chekout` for workspace `default`; did you mean `checkout`?",
    ],
  },
  {
    title: "a role that is given, among them one that is built in",
    input: `{ kind: RoleBinding, metadata: { name: a }, spec: { role: viewer, subjects: [{ kind: User, name: u }] } }
---
{ kind: RoleBinding, metadata: { name: b }, spec: { role: develper, subjects: [{ kind: User, name: u }] } }`,
    told: ["REFERENCE_NOT_FOUND spec.role: there is no Role `develper`; did you mean `developer`?"],
  },
  {
    title: "what the same input brings, in any order",
    input: `${policy(`{ ${toReviews}, rules: [{ split: [{ destination: { kind: ExternalService, name: new } }, { cluster: me-1 }] }] }`, "fresh")}
---
{ kind: ExternalService, metadata: { name: new, workspace: fresh }, spec: { hosts: [new.example], ports: [{ port: 80 }] } }
---
{ kind: Workspace, metadata: { name: fresh }, spec: { owns: [{ clusters: [me-1], namespaces: ["*"] }] } }
---
{ kind: Cluster, metadata: { name: me-1 }, spec: {} }`,
    told: [],
  },
  {
    title: "what the same input deletes",
    input: policy(
      `{ ${toReviews}, rules: [{ split: [{ destination: { kind: ExternalService, name: stripe } }] }] }`,
    ),
    deletes: ["ExternalService/default/stripe"],
    told: [
      "REFERENCE_NOT_FOUND spec.rules[0].split[0].destination.name: no ExternalService `stripe` for workspace `default`",
    ],
  },
  {
    title: "before any cluster has told of itself, only what Heddle itself knows",
    input: policy(
      `{ targets: [{ name: reveiws, namespace: shpo, meshes: [x], clusters: [eu-1] }, { kind: ExternalService, name: stripe }], sources: [{ namespaces: [shop], serviceAccounts: [nobody] }], ${timeout} }`,
    ),
    reported: false,
    told: ["CLUSTER_NOT_FOUND spec.targets[0].clusters[0]: no cluster `eu-1` is registered"],
  },
  {
    title: "names that the actor may not list are not told",
    input: `${policy("{ targets: [{ name: reveiws, namespace: shop }, { kind: ExternalService, name: strpe }], defaults: { timeout: { request: 1s } } }")}`,
    actor: { name: "nobody", roles: [], workspaces: [] },
    told: [
      "TARGET_NOT_FOUND spec.targets[0].name: no service `reveiws` in namespace `shop` of any cluster",
      "REFERENCE_NOT_FOUND spec.targets[1].name: no ExternalService `strpe` for workspace `default`",
    ],
  },
];
