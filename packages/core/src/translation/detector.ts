import type { MeshFact } from "@heddle/api";
import type { Labels } from "../selecting/labels.ts";

/** What an agent saw in its cluster, as far as detection needs it; raw objects and Secrets never get here. */
export interface ClusterView {
  /** `group/version` pairs that the API server serves. */
  readonly apis: ReadonlySet<string>;
  readonly controlPlanes: readonly ControlPlaneView[];
  /** Data of the ConfigMaps that some dialect's `configMaps` asked for, by `namespace/name`. */
  readonly configMaps: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** A Deployment or DaemonSet that may be (a part of) a control plane. */
export interface ControlPlaneView {
  readonly kind: "Deployment" | "DaemonSet";
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly images: readonly string[];
}

/** What decides whether a pod of a workload runs a mesh's proxy. */
export interface PodView {
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly namespaceAnnotations: Labels;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Containers and init containers of a running pod; undefined where only a template is known. */
  readonly containers: readonly string[] | undefined;
}

/** Finds installations of one mesh product and the pods that take part in it. Pure. */
export interface Detector {
  /** True for Deployments and DaemonSets worth keeping for `meshes`; everything else is forgotten at once. */
  isControlPlane(candidate: {
    readonly name: string;
    readonly labels: Labels;
    readonly images: readonly string[];
  }): boolean;
  /** ConfigMaps worth reading, by the control planes seen. */
  configMaps(
    controlPlane: ControlPlaneView,
  ): readonly { readonly namespace: string; readonly name: string }[];
  meshes(view: ClusterView): MeshFact[];
  /** What a Service of this mesh's gateways is for; undefined for every other Service. */
  gatewayRole?(service: {
    readonly labels: Labels;
    readonly selector: Labels;
  }): "ingress" | "eastwest" | "egress" | undefined;
  /** Which of these meshes a pod runs in, or would run in once restarted; undefined when none. */
  meshOf(pod: PodView, meshes: readonly MeshFact[]): MeshFact | undefined;
}
