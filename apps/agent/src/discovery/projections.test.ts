import type { KubeObject } from "@heddle/kube";
import { describe, expect, it } from "vitest";
import { namespaceSeen, podSeen, serviceSeen, templateSeen } from "./projections.ts";

function object(kind: string, metadata: Record<string, unknown>, rest: object = {}): KubeObject {
  return {
    apiVersion: "v1",
    kind,
    metadata: { name: "x", namespace: "shop", ...metadata },
    ...rest,
  };
}

function pod(metadata: Record<string, unknown>, rest: object = {}): KubeObject {
  return object("Pod", metadata, {
    spec: { containers: [{ name: "app", ports: [{ name: "http", containerPort: 80 }] }] },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
    ...rest,
  });
}

const ownedBy = (kind: string, name: string) => ({ ownerReferences: [{ kind, name, controller: true }] });

describe("pods", () => {
  it.each([
    [{ ...ownedBy("ReplicaSet", "web-6d4b"), labels: { "pod-template-hash": "6d4b" } }, "Deployment.web"],
    [{ ...ownedBy("ReplicaSet", "web"), labels: { app: "web" } }, "ReplicaSet.web"],
    [{ ...ownedBy("ReplicaSet", "web-77"), labels: { "pod-template-hash": "6d4b" } }, "ReplicaSet.web-77"],
    [ownedBy("StatefulSet", "db"), "StatefulSet.db"],
    [ownedBy("Job", "nightly-28"), "Job.nightly-28"],
    [{}, "Pod.x"],
    [
      {
        ownerReferences: [
          { kind: "Other", name: "first" },
          { kind: "DaemonSet", name: "logs", controller: true },
        ],
      },
      "DaemonSet.logs",
    ],
  ])("%j belong to %s", (metadata, owner) => {
    expect(podSeen(pod(metadata))?.owner).toBe(owner);
  });

  it("of a template that is watched keep only what names their control plane", () => {
    const seen = podSeen(
      pod({
        ...ownedBy("StatefulSet", "db"),
        labels: { app: "db", "istio.io/rev": "canary" },
        annotations: { "istio.io/rev": "canary", password: "hunter2" },
      }),
    );
    expect(seen).toMatchObject({
      labels: { "istio.io/rev": "canary" },
      annotations: { "istio.io/rev": "canary" },
      own: undefined,
    });
    expect(JSON.stringify(seen)).not.toContain("hunter2");
  });

  it("of Jobs, bare ReplicaSets and alone say for themselves what a template would", () => {
    for (const metadata of [ownedBy("Job", "j"), ownedBy("ReplicaSet", "r"), {}])
      expect(podSeen(pod({ ...metadata, labels: { app: "a" } }))).toMatchObject({
        labels: { app: "a" },
        own: { serviceAccount: "default", ports: [{ name: "http", port: 80 }] },
      });
  });

  it("that have ended are not there", () => {
    for (const phase of ["Succeeded", "Failed"])
      expect(podSeen(pod({}, { status: { phase } }))).toBeUndefined();
  });

  it("are ready by their condition, and name init containers too", () => {
    expect(podSeen(pod({}, { status: { phase: "Running", conditions: [] } }))?.ready).toBe(false);
    const native = { containers: [{ name: "app" }], initContainers: [{ name: "istio-proxy" }] };
    expect(podSeen(pod({}, { spec: native }))?.containers).toBe("app,istio-proxy");
  });
});

describe("services", () => {
  const spec = { selector: { app: "x" }, ports: [{ port: 80, targetPort: "http", appProtocol: "grpc" }] };

  it("become destinations with the protocol that Kubernetes assumes", () => {
    expect(serviceSeen(object("Service", { labels: { app: "x" } }, { spec }))).toEqual({
      fact: {
        kind: "Destination",
        namespace: "shop",
        name: "x",
        labels: { app: "x" },
        selector: { app: "x" },
        ports: [{ port: 80, targetPort: "http", protocol: "TCP", appProtocol: "grpc" }],
        headless: false,
      },
      addresses: [],
    });
  });

  it("are headless without an address, and no destinations when they are aliases", () => {
    expect(serviceSeen(object("Service", {}, { spec: { ...spec, clusterIP: "None" } }))?.fact.headless).toBe(
      true,
    );
    expect(
      serviceSeen(object("Service", {}, { spec: { type: "ExternalName", externalName: "a" } })),
    ).toBeUndefined();
  });

  it("have the addresses of their load balancer, by number or name", () => {
    const status = { loadBalancer: { ingress: [{ ip: "192.0.2.1" }, { hostname: "lb.example" }] } };
    const owned = { "app.kubernetes.io/managed-by": "heddle", "heddle.io/bundle": "b1" };
    expect(serviceSeen(object("Service", { labels: owned }, { spec }))).toBeUndefined();
    expect(
      serviceSeen(object("Service", { labels: { "app.kubernetes.io/managed-by": "heddle" } }, { spec })),
    ).toBeDefined();
    expect(serviceSeen(object("Service", {}, { spec, status }))?.addresses).toEqual([
      "192.0.2.1",
      "lb.example",
    ]);
  });
});

it("namespaces that are being deleted say so, and keep no other annotations than injection's", () => {
  expect(
    namespaceSeen(
      object("Namespace", {
        deletionTimestamp: "2026-01-01T00:00:00Z",
        annotations: { "linkerd.io/inject": "enabled", note: "n" },
      }),
    ),
  ).toEqual({ labels: {}, annotations: { "linkerd.io/inject": "enabled" }, terminating: true });
});

it("templates keep images of control planes only, and no environment of anything", () => {
  const template = {
    metadata: { labels: { app: "istiod" } },
    spec: {
      containers: [{ name: "a", image: "istio/pilot:1", env: [{ name: "TOKEN", value: "hunter2" }] }],
    },
  };
  const deployment = object("Deployment", { labels: { app: "istiod" } }, { spec: { template } });
  const seen = templateSeen(deployment, ({ labels }) => labels["app"] === "istiod");
  expect(seen).toEqual({
    labels: { app: "istiod" },
    annotations: {},
    serviceAccount: "default",
    ports: [],
    controlPlane: { labels: { app: "istiod" }, images: ["istio/pilot:1"] },
  });
  expect(templateSeen(deployment, () => false).controlPlane).toBeUndefined();
});
