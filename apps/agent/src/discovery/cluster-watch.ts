import type { Dialect } from "@heddle/core";
import {
  type Discovery,
  followCrds,
  type KubeClient,
  KubeError,
  type KubeObject,
  Reflector,
} from "@heddle/kube";
import type { Logger } from "pino";
import { FactTable, templateKinds } from "./fact-table.ts";
import { namespaceSeen, podSeen, serviceSeen, templateSeen } from "./projections.ts";

/** How often the control planes' configuration is read again. */
const configEveryMs = 60_000;
/** How long changes gather before facts are computed from them. */
const gatherMs = 250;

export interface ClusterWatchOptions {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly dialects: readonly Dialect[];
  /** Called when facts may have changed; `table.settle()` says which. */
  readonly onChange: () => void;
  readonly log: Logger;
}

/** Watches what facts are made of. Failures are logged and tried again; nothing is forgotten because something did not answer. */
export class ClusterWatch {
  readonly table: FactTable;
  readonly #options: ClusterWatchOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ClusterWatchOptions) {
    this.#options = options;
    this.table = new FactTable(options.dialects);
  }

  /** Starts watching until the signal is aborted; resolves when everything that is there has been seen once. */
  async start(signal: AbortSignal): Promise<void> {
    const { client, discovery, dialects, log } = this.#options;
    const isControlPlane = (candidate: Parameters<Dialect["detector"]["isControlPlane"]>[0]) =>
      dialects.some(({ detector }) => detector.isControlPlane(candidate));
    const synced = [
      this.#follow(signal, "v1", "Namespace", namespaceSeen, (key, seen) => this.table.namespace(key, seen)),
      this.#follow(signal, "v1", "Service", serviceSeen, (key, seen) => this.table.service(key, seen)),
      this.#follow(signal, "v1", "Pod", podSeen, (key, seen) => this.table.pod(key, seen)),
      ...templateKinds.map((kind) =>
        this.#follow(
          signal,
          "apps/v1",
          kind,
          (object) => templateSeen(object, isControlPlane),
          (key, seen) => this.table.template(kind, key, seen),
        ),
      ),
    ];
    followCrds({ client, discovery, signal, onChange: () => void this.#readApis(signal) }).catch(
      (error: unknown) => {
        if (!signal.aborted) log.error({ err: error }, "CRDs are not followed any more");
      },
    );
    await Promise.all([...synced, this.#readApis(signal)]);
    await this.#readConfigMaps(signal);
    const timer = setInterval(() => void this.#readConfigMaps(signal), configEveryMs);
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      clearTimeout(this.#timer);
    });
  }

  async #follow<T>(
    signal: AbortSignal,
    apiVersion: string,
    kind: string,
    project: (object: KubeObject) => T | undefined,
    put: (key: string, seen: T | undefined) => void,
  ): Promise<void> {
    const { client, discovery, log } = this.#options;
    const reflector = new Reflector<T>({
      client,
      discovery,
      apiVersion,
      kind,
      project,
      onDelta: ({ upserts, deletes }) => {
        for (const [key, seen] of upserts) put(key, seen);
        for (const key of deletes) put(key, undefined);
        this.#changed();
      },
      onFailure: (error) => log.warn({ kind, err: error }, "cannot watch; trying again"),
    });
    reflector.run(signal).catch((error: unknown) => {
      if (!signal.aborted) log.error({ kind, err: error }, "not watched any more");
    });
    await reflector.synced;
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#options.onChange();
    }, gatherMs);
  }

  async #readApis(signal: AbortSignal): Promise<void> {
    try {
      const { body } = await this.#options.client.request<{
        groups?: readonly { versions: readonly { groupVersion: string }[] }[];
      }>({ path: "/apis", signal });
      this.table.apis(
        new Set(
          (body.groups ?? []).flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion)),
        ),
      );
      this.#changed();
    } catch (error) {
      if (!signal.aborted) this.#options.log.warn({ err: error }, "cannot ask which APIs there are");
    }
  }

  async #readConfigMaps(signal: AbortSignal): Promise<void> {
    const data = new Map<string, Readonly<Record<string, string>>>();
    for (const { namespace, name } of this.table.wantedConfigMaps()) {
      try {
        const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
        const { body } = await this.#options.client.request<{ data?: Readonly<Record<string, string>> }>({
          path,
          signal,
        });
        data.set(`${namespace}/${name}`, body.data ?? {});
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof KubeError && error.code === "NotFound") continue;
        this.#options.log.warn(
          { namespace, name, err: error },
          "cannot read a mesh's configuration; keeping what was known",
        );
        return;
      }
    }
    this.table.configMaps(data);
    this.#changed();
  }
}
