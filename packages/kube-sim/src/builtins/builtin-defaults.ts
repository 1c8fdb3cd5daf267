import { asArray, asObject, isObject, type Json, type JsonObject } from "../json/json.ts";
import { type KubeObject, nameOf } from "../json/kube-object.ts";

type Defaulter = (object: KubeObject) => void;

/** Sets fields that are missing. */
function fill(target: JsonObject, defaults: JsonObject): void {
  for (const [key, value] of Object.entries(defaults)) target[key] ??= value;
}

/** The object at a key, made when it is missing. */
function ensure(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  if (isObject(value)) return value;
  const made: JsonObject = {};
  parent[key] = made;
  return made;
}

function podSpec(spec: JsonObject): void {
  fill(spec, {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    schedulerName: "default-scheduler",
  });
  ensure(spec, "securityContext");
  if (typeof spec["serviceAccountName"] === "string")
    fill(spec, { serviceAccount: spec["serviceAccountName"] });
  for (const volume of asArray(spec["volumes"])) {
    for (const kind of ["secret", "configMap", "projected", "downwardAPI"]) {
      const source = asObject(volume)[kind];
      if (isObject(source)) fill(source, { defaultMode: 0o644 });
    }
  }
  for (const container of [...asArray(spec["initContainers"]), ...asArray(spec["containers"])]) {
    if (!isObject(container)) continue;
    const image = String(container["image"] ?? "");
    const tag = /[^/]:([^/]+)$/.exec(image)?.[1] ?? "latest";
    fill(container, {
      terminationMessagePath: "/dev/termination-log",
      terminationMessagePolicy: "File",
      imagePullPolicy: tag === "latest" && !image.includes("@") ? "Always" : "IfNotPresent",
    });
    for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"]) {
      const value = container[probe];
      if (!isObject(value)) continue;
      fill(value, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
      if (isObject(value["httpGet"])) fill(value["httpGet"], { path: "/", scheme: "HTTP" });
    }
  }
}

const template = (object: KubeObject): JsonObject =>
  ensure(ensure(ensure(object, "spec"), "template"), "spec");

/** Containers of a list whose key is missing get the schema's protocol; a service port's target is the port. */
const service: Defaulter = (object) => {
  const spec = ensure(object, "spec");
  fill(spec, { type: "ClusterIP", sessionAffinity: "None" });
  if (spec["type"] !== "ExternalName") fill(spec, { internalTrafficPolicy: "Cluster" });
  if (spec["type"] === "LoadBalancer") fill(spec, { allocateLoadBalancerNodePorts: true });
  if (spec["type"] === "LoadBalancer" || spec["type"] === "NodePort") {
    fill(spec, { externalTrafficPolicy: "Cluster" });
  }
  for (const port of asArray(spec["ports"])) {
    if (isObject(port) && port["port"] !== undefined) fill(port, { targetPort: port["port"] });
  }
};

const subjects: Defaulter = (object) => {
  fill(ensure(object, "roleRef"), { apiGroup: "rbac.authorization.k8s.io" });
  for (const subject of asArray(object["subjects"])) {
    if (!isObject(subject)) continue;
    if (subject["kind"] !== "ServiceAccount") fill(subject, { apiGroup: "rbac.authorization.k8s.io" });
  }
};

const webhooks: (plural: "mutating" | "validating") => Defaulter = (which) => (object) => {
  for (const webhook of asArray(object["webhooks"])) {
    if (!isObject(webhook)) continue;
    fill(webhook, { failurePolicy: "Fail", matchPolicy: "Equivalent", timeoutSeconds: 10 });
    fill(webhook, { namespaceSelector: {}, objectSelector: {} });
    if (which === "mutating") fill(webhook, { reinvocationPolicy: "Never" });
    for (const rule of asArray(webhook["rules"])) if (isObject(rule)) fill(rule, { scope: "*" });
    const client = asObject(webhook["clientConfig"])["service"];
    if (isObject(client)) fill(client, { port: 443 });
  }
};

const rolling: Json = { maxUnavailable: "25%", maxSurge: "25%" };

/** The server's own defaults that no schema declares (`SetDefaults_*` of the built-in types). */
const defaulters: Record<string, Defaulter> = {
  Namespace: (object) =>
    fill(ensure(object.metadata, "labels"), { "kubernetes.io/metadata.name": nameOf(object) }),
  Secret: (object) => {
    fill(object, { type: "Opaque" });
    const { stringData } = object; // for writing only: it is never stored
    if (!isObject(stringData)) return;
    const data = ensure(object, "data");
    for (const [key, value] of Object.entries(stringData)) {
      data[key] = Buffer.from(String(value)).toString("base64");
    }
    delete object["stringData"];
  },
  Service: service,
  Pod: (object) => {
    const spec = ensure(object, "spec");
    podSpec(spec);
    fill(spec, { enableServiceLinks: true });
  },
  Deployment: (object) => {
    const spec = ensure(object, "spec");
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    const strategy = ensure(spec, "strategy");
    fill(strategy, { type: "RollingUpdate" });
    if (strategy["type"] === "RollingUpdate") fill(ensure(strategy, "rollingUpdate"), rolling as JsonObject);
    podSpec(template(object));
  },
  ReplicaSet: (object) => {
    fill(ensure(object, "spec"), { replicas: 1 });
    podSpec(template(object));
  },
  StatefulSet: (object) => {
    const spec = ensure(object, "spec");
    fill(spec, { replicas: 1, podManagementPolicy: "OrderedReady", revisionHistoryLimit: 10 });
    fill(ensure(spec, "updateStrategy"), { type: "RollingUpdate" });
    podSpec(template(object));
  },
  DaemonSet: (object) => {
    const spec = ensure(object, "spec");
    fill(spec, { revisionHistoryLimit: 10 });
    const strategy = ensure(spec, "updateStrategy");
    fill(strategy, { type: "RollingUpdate" });
    fill(ensure(strategy, "rollingUpdate"), { maxUnavailable: 1, maxSurge: 0 });
    podSpec(template(object));
  },
  Job: (object) => {
    fill(ensure(object, "spec"), { completions: 1, parallelism: 1, backoffLimit: 6, suspend: false });
    podSpec(template(object));
  },
  RoleBinding: subjects,
  ClusterRoleBinding: subjects,
  MutatingWebhookConfiguration: webhooks("mutating"),
  ValidatingWebhookConfiguration: webhooks("validating"),
  CustomResourceDefinition: (object) => {
    const spec = ensure(object, "spec");
    const names = ensure(spec, "names");
    fill(names, { singular: String(names["kind"] ?? "").toLowerCase() });
    if (typeof names["kind"] === "string") fill(names, { listKind: `${names["kind"]}List` });
    fill(spec, { conversion: { strategy: "None" } });
  },
};

/** Fills the defaults of a built-in kind in place. */
export const applyBuiltinDefaults = (object: KubeObject): void => defaulters[object.kind]?.(object);
