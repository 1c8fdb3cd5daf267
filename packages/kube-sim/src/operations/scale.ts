import { noSuchPath } from "../errors/refusals.ts";
import { at, clone, isObject, type Json, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { nameOf, namespaceOf, uidOf } from "../json/kube-object.ts";
import type { ScalePaths } from "../resources/resource.ts";
import type { Call } from "./call.ts";

export function scalePathsOf(call: Call): ScalePaths {
  if (call.version.scale === undefined) throw noSuchPath();
  return call.version.scale;
}

/** The `scale` of an object. */
export function readScale(object: KubeObject, paths: ScalePaths): KubeObject {
  const selector = at(object, ...paths.selector);
  const labels = at(selector, "matchLabels");
  const selected = isObject(labels)
    ? Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(",")
    : typeof selector === "string"
      ? selector
      : "";
  const { resourceVersion = "", creationTimestamp = null } = object.metadata;
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: {
      name: nameOf(object),
      namespace: namespaceOf(object),
      uid: uidOf(object),
      resourceVersion,
      creationTimestamp,
    },
    spec: { replicas: at(object, ...paths.specReplicas) ?? 0 },
    status: {
      replicas: at(object, ...paths.statusReplicas) ?? 0,
      ...(selected === "" ? {} : { selector: selected }),
    },
  };
}

/** A copy of an object with the replicas that a scale says. */
export function withScale(object: KubeObject, scale: Json, paths: ScalePaths): KubeObject {
  const copy = clone(object);
  let here: JsonObject = copy;
  for (const key of paths.specReplicas.slice(0, -1)) {
    const next = here[key];
    const child: JsonObject = isObject(next) ? next : {};
    here[key] = child;
    here = child;
  }
  here[paths.specReplicas.at(-1) ?? "replicas"] = at(scale, "spec", "replicas") ?? 0;
  const version = at(scale, "metadata", "resourceVersion");
  copy.metadata = { ...copy.metadata };
  if (typeof version === "string") copy.metadata["resourceVersion"] = version;
  return copy;
}
