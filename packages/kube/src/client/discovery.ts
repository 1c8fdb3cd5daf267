import { type Clock, systemClock } from "../clock.ts";
import { forEachLimited } from "../for-each-limited.ts";
import { groupOf } from "../kube-object.ts";
import type { KubeClient } from "./client.ts";
import { KubeError } from "./kube-error.ts";
import { groupVersionPath, type Resource } from "./resource.ts";

interface GroupList {
  readonly groups?: readonly {
    readonly name: string;
    readonly versions: readonly { readonly groupVersion: string }[];
    readonly preferredVersion?: { readonly groupVersion: string };
  }[];
}

interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs?: readonly string[];
  }[];
}

interface Served {
  readonly at: number;
  /** Group-versions in the order of preference. */
  readonly groupVersions: readonly string[];
  readonly kinds: Map<string, Promise<readonly Resource[]>>;
}

/** How long "there is no such kind" is believed. A kind that was found is believed until `invalidate`. */
const missingForMs = 10_000;

/**
 * What the API server serves, asked lazily: the list of group-versions once, the kinds of a group-version when first needed. All is asked
 * again after `invalidate` (whoever watches CRDs calls it), and when a kind that was missing is asked for 10 s later.
 */
export class Discovery {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  #served: Promise<Served> | undefined;

  constructor(client: KubeClient, clock: Clock = systemClock) {
    this.#client = client;
    this.#clock = clock;
  }

  invalidate(): void {
    this.#served = undefined;
  }

  /** Undefined when the API server has no such kind. @throws KubeError when it cannot be asked: that says nothing about the kind. */
  async resourceFor(apiVersion: string, kind: string): Promise<Resource | undefined> {
    const served = await this.#load();
    const found = await this.#find(served, apiVersion, kind);
    if (found || this.#clock.now() - served.at < missingForMs) return found;
    this.invalidate();
    return this.#find(await this.#load(), apiVersion, kind);
  }

  /**
   * Every kind once, in the version its group prefers; a kind that only another version has, in that one. `unknown` are group-versions that
   * could not be asked, as happens to an aggregated API that is down. @throws KubeError when the API server cannot be asked at all.
   */
  async allResources(): Promise<{ resources: Resource[]; unknown: string[] }> {
    const served = await this.#load();
    const lists = new Map<string, readonly Resource[]>();
    const unknown: string[] = [];
    await forEachLimited(served.groupVersions, 8, async (groupVersion) => {
      try {
        lists.set(groupVersion, await this.#kindsOf(served, groupVersion));
      } catch (error) {
        if (!(error instanceof KubeError) || groupVersion === "v1") throw error;
        unknown.push(groupVersion);
      }
    });
    const all = new Map<string, Resource>();
    for (const groupVersion of served.groupVersions)
      for (const resource of lists.get(groupVersion) ?? []) {
        const key = `${groupOf(groupVersion)} ${resource.kind}`;
        if (!all.has(key)) all.set(key, resource);
      }
    return { resources: [...all.values()], unknown };
  }

  async #find(served: Served, apiVersion: string, kind: string): Promise<Resource | undefined> {
    if (!served.groupVersions.includes(apiVersion)) return undefined;
    return (await this.#kindsOf(served, apiVersion)).find((resource) => resource.kind === kind);
  }

  #load(): Promise<Served> {
    if (this.#served) return this.#served;
    const asking = this.#askGroups();
    this.#served = asking;
    asking.catch(() => {
      if (this.#served === asking) this.#served = undefined;
    });
    return asking;
  }

  async #askGroups(): Promise<Served> {
    const { body } = await this.#client.request<GroupList>({ path: "/apis" });
    const groupVersions = ["v1"];
    for (const group of body.groups ?? []) {
      const preferred = group.preferredVersion?.groupVersion;
      if (preferred) groupVersions.push(preferred);
      for (const { groupVersion } of group.versions)
        if (groupVersion !== preferred) groupVersions.push(groupVersion);
    }
    return { at: this.#clock.now(), groupVersions, kinds: new Map() };
  }

  #kindsOf(served: Served, apiVersion: string): Promise<readonly Resource[]> {
    const known = served.kinds.get(apiVersion);
    if (known) return known;
    const asking = this.#askKinds(apiVersion);
    served.kinds.set(apiVersion, asking);
    asking.catch(() => served.kinds.delete(apiVersion));
    return asking;
  }

  async #askKinds(apiVersion: string): Promise<readonly Resource[]> {
    try {
      const { body } = await this.#client.request<ResourceList>({ path: groupVersionPath(apiVersion) });
      return (body.resources ?? [])
        .filter((entry) => !entry.name.includes("/"))
        .map((entry) => ({
          apiVersion,
          kind: entry.kind,
          plural: entry.name,
          namespaced: entry.namespaced,
          verbs: entry.verbs ?? [],
        }));
    } catch (error) {
      // The group went away between the two questions.
      if (error instanceof KubeError && error.code === "NotFound") return [];
      throw error;
    }
  }
}
