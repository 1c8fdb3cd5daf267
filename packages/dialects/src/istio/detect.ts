import type { MeshFact } from "@heddle/api";
import type { ControlPlaneView, Detector, PodView } from "@heddle/core";
import { parse } from "yaml";
import { imageTag } from "../image-tag.ts";
import { providerSettings } from "./extension-providers.ts";

const GROUPS = ["networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io"];

/**
 * Values of the label `istio` on gateways: those of istioctl's profiles, and of the chart `gateway`, which takes the release's name without
 * `istio-` (istio.io/latest/docs/setup/install/helm installs `istio-ingress`).
 */
const gatewayRoles: Readonly<Record<string, "ingress" | "eastwest" | "egress">> = {
  ingress: "ingress",
  egress: "egress",
  ingressgateway: "ingress",
  eastwestgateway: "eastwest",
  egressgateway: "egress",
};

function revisionOf(controlPlane: ControlPlaneView): string {
  return controlPlane.labels["istio.io/rev"] ?? "default";
}

/** Istio in sidecar mode, found by its `istiod` Deployments. A CRD alone is no proof: they are left behind by uninstalls. */
export const detector: Detector = {
  isControlPlane: ({ labels, images }) =>
    labels["app"] === "istiod" && images.some((image) => /\/pilot(-distroless)?[:@]/.test(image)),

  configMaps: (controlPlane) => [{ namespace: controlPlane.namespace, name: configMapName(controlPlane) }],

  meshes(view) {
    const apis = [...view.apis].filter((api) => GROUPS.includes(api.split("/")[0] ?? "")).sort();
    return view.controlPlanes
      .filter((candidate) => candidate.kind === "Deployment" && detector.isControlPlane(candidate))
      .map((controlPlane): MeshFact => {
        const revision = revisionOf(controlPlane);
        const config = meshConfig(
          view.configMaps.get(`${controlPlane.namespace}/${configMapName(controlPlane)}`)?.["mesh"],
        );
        return {
          kind: "Mesh",
          name: revision === "default" ? controlPlane.namespace : `${controlPlane.namespace}.${revision}`,
          dialect: "istio",
          version: imageTag(controlPlane.images, /\/pilot/) ?? "unknown",
          revision,
          namespace: controlPlane.namespace,
          trustDomain: config.trustDomain ?? "cluster.local",
          clusterDomain: "cluster.local",
          apis,
          settings: {
            rootNamespace: config.rootNamespace ?? controlPlane.namespace,
            ...config.providers,
          },
        };
      });
  },

  gatewayRole: ({ labels, selector }) => gatewayRoles[selector["istio"] ?? labels["istio"] ?? ""],

  meshOf(pod, meshes) {
    const candidates = meshes.filter(({ dialect }) => dialect === "istio");
    if (candidates.length === 0 || !isInjected(pod)) return undefined;
    // The injector notes on a pod which revision it was: labels may have changed since, or name a tag.
    const injected = pod.containers === undefined ? undefined : pod.annotations["istio.io/rev"];
    const revision =
      injected ?? pod.labels["istio.io/rev"] ?? pod.namespaceLabels["istio.io/rev"] ?? "default";
    return (
      candidates.find((mesh) => mesh.revision === revision) ??
      (candidates.length === 1 ? candidates[0] : undefined)
    );
  },
};

function configMapName(controlPlane: ControlPlaneView): string {
  const revision = revisionOf(controlPlane);
  return revision === "default" ? "istio" : `istio-${revision}`;
}

/** A running pod proves itself by its container; a template is judged by the labels that the injector looks at. */
function isInjected(pod: PodView): boolean {
  if (pod.containers !== undefined) return pod.containers.includes("istio-proxy");
  const own = pod.labels["sidecar.istio.io/inject"] ?? pod.annotations["sidecar.istio.io/inject"];
  if (own !== undefined) return own === "true";
  const namespace = pod.namespaceLabels["istio-injection"];
  if (namespace !== undefined) return namespace === "enabled";
  return pod.namespaceLabels["istio.io/rev"] !== undefined || pod.labels["istio.io/rev"] !== undefined;
}

interface MeshConfig {
  readonly trustDomain?: string;
  readonly rootNamespace?: string;
  readonly providers?: Readonly<Record<string, string>>;
}

/** What translation needs of MeshConfig; a config that cannot be read counts as empty. */
function meshConfig(text: string | undefined): MeshConfig {
  if (text === undefined) return {};
  try {
    const parsed: unknown = parse(text);
    if (parsed === null || typeof parsed !== "object") return {};
    const config = parsed as Record<string, unknown>;
    const { trustDomain, rootNamespace } = config;
    return {
      ...(typeof trustDomain === "string" && trustDomain !== "" && { trustDomain }),
      ...(typeof rootNamespace === "string" && rootNamespace !== "" && { rootNamespace }),
      providers: providerSettings(config),
    };
  } catch {
    return {};
  }
}
