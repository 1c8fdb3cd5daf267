import type { Resource, ResourceVersion } from "./resource.ts";
import { resourceKey } from "./resource.ts";

/** A resource with the version that a request speaks. */
export interface Served {
  readonly resource: Resource;
  readonly version: ResourceVersion;
}

/** The kinds that a server serves now. */
export class Registry {
  readonly #resources = new Map<string, Resource>();
  /** Grows with each change, so that documents made from the registry can be cached. */
  generation = 0;

  set(resource: Resource): void {
    this.#resources.set(resourceKey(resource.group, resource.plural), resource);
    this.generation++;
  }

  delete(key: string): void {
    if (this.#resources.delete(key)) this.generation++;
  }

  get(group: string, plural: string): Resource | undefined {
    return this.#resources.get(resourceKey(group, plural));
  }

  all(): IterableIterator<Resource> {
    return this.#resources.values();
  }

  find(group: string, version: string, plural: string): Served | undefined {
    const resource = this.get(group, plural);
    const found = resource?.versions.get(version);
    return resource === undefined || found === undefined ? undefined : { resource, version: found };
  }

  findKind(group: string, version: string, kind: string): Served | undefined {
    for (const resource of this.#resources.values()) {
      const found = resource.versions.get(version);
      if (resource.group === group && resource.kind === kind && found !== undefined) {
        return { resource, version: found };
      }
    }
    return undefined;
  }
}
