import { trackUpdate } from "../fields/field-manager.ts";
import { emptySet } from "../fields/field-set.ts";
import { asArray, asObject, asString, isObject, type Json } from "../json/json.ts";
import { finalizersOf, isDeleting, type KubeObject, nameOf, timestamp } from "../json/kube-object.ts";
import type { Cluster } from "../operations/cluster.ts";
import { definitionCleanup, removeEntry } from "../operations/remove.ts";
import { readCustomResource } from "../resources/custom-resource.ts";
import { type Resource, resourceKey } from "../resources/resource.ts";
import type { Schema } from "../schema/schema.ts";
import type { Change } from "../store/store.ts";
import { type Controller, dropFinalizer } from "./reactions.ts";

/** Serves what CustomResourceDefinitions define, and takes their objects away with them. */
export class Definitions implements Controller {
  readonly #cluster: Cluster;
  readonly #definitions: Resource;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#definitions = cluster.builtin("apiextensions.k8s.io", "customresourcedefinitions");
  }

  react({ resource, type, entry }: Change): void {
    if (resource !== this.#definitions) {
      if (type === "DELETED" && resource.custom) this.#finish(resourceKey(resource.group, resource.plural));
    } else if (type === "DELETED") this.#retire(nameOf(entry.object));
    else if (isDeleting(entry.object)) this.#empty(entry.object);
    else this.#serve(nameOf(entry.object));
  }

  #serve(name: string): void {
    const entry = this.#cluster.store.get(this.#definitions, "", name);
    if (entry === undefined) return;
    const resource = readCustomResource(entry.object);
    this.#cluster.registry.set(resource);
    this.#cluster.store.table(resource); // its watch window begins now
    if (asObject(entry.object["status"])["acceptedNames"] !== undefined && isEstablished(entry.object))
      return;
    const [version] = this.#definitions.versions.values();
    if (version === undefined) return;
    this.#cluster.store.write(this.#definitions, established(entry.object, version.schema));
  }

  #empty(definition: KubeObject): void {
    const resource = this.#resourceOf(definition);
    if (resource === undefined) return;
    for (const entry of [...this.#cluster.store.table(resource).entries.values()]) {
      if (!isDeleting(entry.object)) removeEntry(this.#cluster, resource, entry, "Background");
    }
    this.#finish(nameOf(definition));
  }

  /** Lets go of a definition that is being deleted once the last of its objects is gone. */
  #finish(name: string): void {
    const entry = this.#cluster.store.get(this.#definitions, "", name);
    if (entry === undefined || !finalizersOf(entry.object).includes(definitionCleanup)) return;
    const resource = this.#resourceOf(entry.object);
    if (resource !== undefined && this.#cluster.store.table(resource).entries.size > 0) return;
    dropFinalizer(this.#cluster, this.#definitions, entry, definitionCleanup);
  }

  #retire(name: string): void {
    const [plural = "", ...group] = name.split(".");
    const resource = this.#cluster.registry.get(group.join("."), plural);
    if (resource?.custom !== true) return;
    this.#cluster.registry.delete(name);
    this.#cluster.store.drop(resource);
  }

  #resourceOf(definition: KubeObject): Resource | undefined {
    const spec = asObject(definition["spec"]);
    const plural = asString(asObject(spec["names"])["plural"]);
    return this.#cluster.registry.get(asString(spec["group"]), plural);
  }
}

const isEstablished = (definition: KubeObject): boolean =>
  asArray(asObject(definition["status"])["conditions"])
    .filter(isObject)
    .some((condition) => condition["type"] === "Established" && condition["status"] === "True");

function established(definition: KubeObject, schema: Schema): KubeObject {
  const spec = asObject(definition["spec"]);
  const condition = (type: string, reason: string, message: string): Json => ({
    lastTransitionTime: timestamp(),
    message,
    reason,
    status: "True",
    type,
  });
  const after = {
    ...definition,
    status: {
      ...asObject(definition["status"]),
      acceptedNames: spec["names"] ?? {},
      conditions: [
        condition("NamesAccepted", "NoConflicts", "no conflicts found"),
        condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
      ],
    },
  };
  const managedFields = trackUpdate(definition, after, {
    schema,
    owner,
    ignored: emptySet,
    now: timestamp(),
  });
  return { ...after, metadata: { ...definition.metadata, managedFields } };
}

const owner = {
  manager: "kube-apiserver",
  operation: "Update",
  apiVersion: "apiextensions.k8s.io/v1",
  subresource: "status",
} as const;
