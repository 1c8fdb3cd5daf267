import type { MeshFact } from "@heddle/api";
import type { Detector } from "@heddle/core";
import { parse } from "yaml";
import { imageTag } from "../image-tag.ts";

const GROUPS = ["gateway.networking.k8s.io", "policy.linkerd.io", "linkerd.io", "workload.linkerd.io"];
const component = "linkerd.io/control-plane-component";

/** First edge release of each release line: open-source Linkerd ships edges only (linkerd.io/releases). */
const edges: readonly (readonly [edge: readonly [number, number], line: string])[] = [
  [[26, 6], "2.20.0"],
  [[25, 10], "2.19.0"],
  [[25, 4], "2.18.0"],
  [[24, 11], "2.17.0"],
  [[24, 8], "2.16.0"],
  [[24, 2], "2.15.0"],
];

/** Linkerd, found by its destination controller. */
export const detector: Detector = {
  isControlPlane: ({ labels }) => labels[component] === "destination",

  configMaps: ({ namespace }) => [{ namespace, name: "linkerd-config" }],

  meshes(view) {
    const apis = [...view.apis].filter((api) => GROUPS.includes(api.split("/")[0] ?? "")).sort();
    return view.controlPlanes
      .filter((candidate) => candidate.kind === "Deployment" && detector.isControlPlane(candidate))
      .map(({ namespace, images }): MeshFact => {
        const values = configValues(view.configMaps.get(`${namespace}/linkerd-config`)?.["values"]);
        return {
          kind: "Mesh",
          name: namespace,
          dialect: "linkerd",
          version: releaseLine(imageTag(images, /linkerd|l5d/) ?? "unknown"),
          namespace,
          trustDomain: values.identityTrustDomain ?? values.clusterDomain ?? "cluster.local",
          clusterDomain: values.clusterDomain ?? "cluster.local",
          apis,
          settings: {},
        };
      });
  },

  meshOf(pod, meshes) {
    const candidates = meshes.filter(({ dialect }) => dialect === "linkerd");
    if (pod.containers !== undefined) {
      if (!pod.containers.includes("linkerd-proxy")) return undefined;
      return (
        candidates.find(({ namespace }) => namespace === pod.labels["linkerd.io/control-plane-ns"]) ??
        candidates[0]
      );
    }
    const wanted = pod.annotations["linkerd.io/inject"] ?? pod.namespaceAnnotations["linkerd.io/inject"];
    return wanted === "enabled" || wanted === "ingress" ? candidates[0] : undefined;
  },
};

/** `edge-25.4.4` → `2.18.0`; `stable-2.14.10` → `2.14.10`. */
function releaseLine(tag: string): string {
  const edge = /^edge-(\d+)\.(\d+)/.exec(tag);
  if (edge === null) return tag.replace(/^stable-/, "");
  const [year, month] = [Number(edge[1]), Number(edge[2])];
  return edges.find(([[y, m]]) => year > y || (year === y && month >= m))?.[1] ?? "2.14.0";
}

interface ConfigValues {
  readonly identityTrustDomain?: string;
  readonly clusterDomain?: string;
}

function configValues(text: string | undefined): ConfigValues {
  if (text === undefined) return {};
  try {
    const parsed: unknown = parse(text);
    if (parsed === null || typeof parsed !== "object") return {};
    const { identityTrustDomain, clusterDomain } = parsed as Record<string, unknown>;
    return {
      ...(typeof identityTrustDomain === "string" && identityTrustDomain !== "" && { identityTrustDomain }),
      ...(typeof clusterDomain === "string" && clusterDomain !== "" && { clusterDomain }),
    };
  } catch {
    return {};
  }
}
