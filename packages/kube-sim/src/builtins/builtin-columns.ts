import { asArray, asObject, at, isObject, type Json } from "../json/json.ts";
import { type KubeObject, nameOf } from "../json/kube-object.ts";
import { byPath, type Column } from "../resources/resource.ts";

type Cell = Column["cell"];

const column = (name: string, cell: Cell, priority = 0): Column => ({ name, type: "string", priority, cell });

/** The first column of every table. */
export const nameColumn: Column = { name: "Name", type: "string", format: "name", priority: 0, cell: nameOf };

/** The age as `kubectl get` shows it: 5s, 3m, 4h, 2d. */
export function age(since: Json | undefined, now = Date.now()): string {
  const start = typeof since === "string" ? Date.parse(since) : Number.NaN;
  if (Number.isNaN(start)) return "<unknown>";
  const seconds = Math.max(0, Math.floor((now - start) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

export const ageColumn = column("Age", (object) => age(object.metadata["creationTimestamp"]));

const text = (path: string, missing = "<none>"): Cell => {
  return (object) => {
    const value = byPath(object, path);
    return value === undefined || value === null || value === "" ? missing : String(value);
  };
};
const count = (path: string): Cell => {
  return (object) => {
    const value = byPath(object, path);
    if (typeof value === "number") return value;
    return Array.isArray(value) ? value.length : Object.keys(asObject(value)).length;
  };
};
const ready = (have: string, want: string): Cell => {
  return (object) => `${count(have)(object)}/${count(want)(object)}`;
};

const ports: Cell = (object) =>
  asArray(byPath(object, "spec.ports"))
    .map((port) => {
      const { port: number, nodePort, protocol } = asObject(port);
      return `${number}${nodePort === undefined ? "" : `:${nodePort}`}/${protocol ?? "TCP"}`;
    })
    .join(",") || "<none>";

const externalIp: Cell = (object) =>
  asArray(byPath(object, "status.loadBalancer.ingress"))
    .map((item) => asObject(item)["ip"] ?? asObject(item)["hostname"] ?? "")
    .join(",") || (byPath(object, "spec.type") === "LoadBalancer" ? "<pending>" : "<none>");

const endpointAddresses: Cell = (object) =>
  asArray(object["endpoints"])
    .flatMap((endpoint) => asArray(asObject(endpoint)["addresses"]))
    .join(",") || "<unset>";

const nodeReady: Cell = (object) => {
  const conditions = asArray(byPath(object, "status.conditions")).map(asObject);
  const condition = conditions.find((item) => item["type"] === "Ready");
  return condition === undefined ? "Unknown" : condition["status"] === "True" ? "Ready" : "NotReady";
};

const containers = (of: (status: ReturnType<typeof asObject>) => number): Cell => {
  return (object) =>
    asArray(byPath(object, "status.containerStatuses"))
      .map(asObject)
      .reduce((sum, status) => sum + of(status), 0);
};
const readyContainers = containers((status) => (status["ready"] === true ? 1 : 0));

const replicaCounts = (paths: Record<string, string>): Column[] =>
  Object.entries(paths).map(([name, path]) => ({ name, type: "integer", priority: 0, cell: count(path) }));

const containerColumns = [
  column("Containers", containerList("name"), 1),
  column("Images", containerList("image"), 1),
];

function containerList(key: string): Cell {
  return (object) =>
    asArray(byPath(object, "spec.template.spec.containers"))
      .map((container) => asObject(container)[key] ?? "")
      .join(",");
}

/** A label selector as people write it. */
const selector = (path: string): Cell => {
  return (object) =>
    Object.entries(asObject(byPath(object, path)))
      .map(([key, value]) => `${key}=${value}`)
      .join(",") || "<none>";
};

const roleReference: Cell = (object) => `${at(object, "roleRef", "kind")}/${at(object, "roleRef", "name")}`;

/** What `kubectl get` prints between the name and the age, for the kinds that people look at most. */
const columns: Record<string, readonly Column[]> = {
  pods: [
    column("Ready", (object) => `${readyContainers(object)}/${count("spec.containers")(object)}`),
    column("Status", (object) =>
      object.metadata["deletionTimestamp"] === undefined
        ? text("status.phase", "Unknown")(object)
        : "Terminating",
    ),
    column(
      "Restarts",
      containers((status) => Number(status["restartCount"] ?? 0)),
    ),
  ],
  namespaces: [column("Status", text("status.phase"))],
  services: [
    column("Type", text("spec.type")),
    column("Cluster-IP", text("spec.clusterIP")),
    column("External-IP", externalIp),
    column("Port(s)", ports),
  ],
  configmaps: [
    { name: "Data", type: "string", priority: 0, cell: (object) => dataCount(object, "data", "binaryData") },
  ],
  secrets: [column("Type", text("type")), column("Data", count("data"))],
  nodes: [column("Status", nodeReady), column("Version", text("status.nodeInfo.kubeletVersion", ""))],
  events: [
    column("Type", text("type")),
    column("Reason", text("reason")),
    column("Object", (object) => {
      const { kind, name } = asObject(object["involvedObject"]);
      return `${String(kind ?? "").toLowerCase()}/${name ?? ""}`;
    }),
    column("Message", text("message", "")),
  ],
  deployments: [
    column("Ready", ready("status.readyReplicas", "spec.replicas")),
    ...replicaCounts({ "Up-to-date": "status.updatedReplicas", Available: "status.availableReplicas" }),
  ],
  replicasets: replicaCounts({
    Desired: "spec.replicas",
    Current: "status.replicas",
    Ready: "status.readyReplicas",
  }),
  statefulsets: [column("Ready", ready("status.readyReplicas", "spec.replicas"))],
  daemonsets: replicaCounts({
    Desired: "status.desiredNumberScheduled",
    Current: "status.currentNumberScheduled",
    Ready: "status.numberReady",
  }),
  jobs: [column("Completions", ready("status.succeeded", "spec.completions"))],
  leases: [column("Holder", text("spec.holderIdentity", ""))],
  endpointslices: [
    column("AddressType", text("addressType")),
    column("Ports", (object) =>
      asArray(object["ports"])
        .map((port) => asObject(port)["port"] ?? "")
        .join(","),
    ),
    column("Endpoints", endpointAddresses),
  ],
  rolebindings: [column("Role", roleReference)],
  clusterrolebindings: [column("Role", roleReference)],
};

/** What `-o wide` adds after the age. */
const wideColumns: Record<string, readonly Column[]> = {
  services: [column("Selector", selector("spec.selector"), 1)],
  deployments: [...containerColumns, column("Selector", selector("spec.selector.matchLabels"), 1)],
  replicasets: [...containerColumns, column("Selector", selector("spec.selector.matchLabels"), 1)],
  daemonsets: [...containerColumns, column("Selector", selector("spec.selector.matchLabels"), 1)],
  statefulsets: containerColumns,
  pods: [column("IP", text("status.podIP"), 1), column("Node", text("spec.nodeName"), 1)],
};

const dataCount = (object: KubeObject, ...keys: string[]): number =>
  keys.reduce((sum, key) => sum + (isObject(object[key]) ? Object.keys(object[key]).length : 0), 0);

/** Kinds that show the time of their creation instead of their age. */
const withCreationTime = new Set(["customresourcedefinitions", "clusterroles", "roles"]);
const creationColumn: Column = {
  name: "Created At",
  type: "date",
  priority: 0,
  cell: (object) => object.metadata["creationTimestamp"] ?? null,
};

export const columnsOf = (plural: string): readonly Column[] => [
  nameColumn,
  ...(columns[plural] ?? []),
  withCreationTime.has(plural) ? creationColumn : ageColumn,
  ...(wideColumns[plural] ?? []),
];
