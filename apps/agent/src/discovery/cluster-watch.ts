import type { Detector } from "@heddle/core";
import {
  type Discovery,
  followCrds,
  type KubeClient,
  KubeError,
  type KubeObject,
  Reflector,
} from "@heddle/kube";
import type { Logger } from "pino";
import { untilAnswered } from "../until-answered.ts";
import { FactTable, templateKinds } from "./fact-table.ts";
import { namespaceSeen, podSeen, serviceSeen, templateSeen } from "./projections.ts";

/** How often the control planes' configuration is read again. */
const configEveryMs = 60_000;
/** How long changes gather before facts are computed from them. */
const gatherMs = 250;

export interface ClusterWatchOptions {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly detectors: readonly Detector[];
  /** Called when facts may have changed; `table.settle()` says which. */
  readonly onChange: () => void;
  readonly log: Logger;
}

/** Watches what facts are made of. Failures are logged and tried again; nothing is forgotten because something did not answer. */
export class ClusterWatch {
  readonly table: FactTable;
  readonly #options: ClusterWatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;

  constructor(options: ClusterWatchOptions) {
    this.#options = options;
    this.table = new FactTable(options.detectors);
  }

  /** Starts watching until the signal is aborted; resolves when everything that is there has been seen once. */
  async start(signal: AbortSignal): Promise<void> {
    const { client, discovery, detectors, log } = this.#options;
    const isControlPlane = (candidate: Parameters<Detector["isControlPlane"]>[0]) =>
      detectors.some((detector) => detector.isControlPlane(candidate));
    const follow = <T>(
      apiVersion: string,
      kind: string,
      project: (object: KubeObject) => T | undefined,
      put: (key: string, seen: T | undefined) => void,
    ): Promise<void> => this.#follow({ signal, apiVersion, kind, project, put });
    const synced = [
      follow("v1", "Namespace", namespaceSeen, (key, seen) => this.table.namespace(key, seen)),
      follow("v1", "Service", serviceSeen, (key, seen) => this.table.service(key, seen)),
      follow("v1", "Pod", podSeen, (key, seen) => this.table.pod(key, seen)),
      ...templateKinds.map((kind) =>
        follow(
          "apps/v1",
          kind,
          (object) => templateSeen(object, isControlPlane),
          (key, seen) => this.table.template(kind, key, seen),
        ),
      ),
    ];
    const onlyAborted = (error: unknown) => {
      if (!signal.aborted) log.error({ err: error }, "discovery does not go on");
    };
    const onChange = () => void this.#readApis(signal).catch(onlyAborted);
    followCrds({ client, discovery, signal, onChange }).catch(onlyAborted);
    await Promise.all([...synced, this.#readApis(signal)]);
    await this.#readConfigMaps(signal);
    const timer = setInterval(() => this.#readConfigMaps(signal).catch(onlyAborted), configEveryMs);
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      clearTimeout(this.#timer);
    });
  }

  async #follow<T>(watch: {
    readonly signal: AbortSignal;
    readonly apiVersion: string;
    readonly kind: string;
    readonly project: (object: KubeObject) => T | undefined;
    readonly put: (key: string, seen: T | undefined) => void;
  }): Promise<void> {
    const { client, discovery, log } = this.#options;
    const { signal, put, ...rest } = watch;
    const { kind } = rest;
    const reflector = new Reflector<T>({
      client,
      discovery,
      ...rest,
      onDelta: ({ upserts, deletes }) => {
        for (const [key, seen] of upserts) put(key, seen);
        for (const key of deletes) put(key, undefined);
        this.#changed(signal);
      },
      onFailure: (error) => log.warn({ kind, err: error }, "cannot watch; trying again"),
    });
    reflector.run(signal).catch((error: unknown) => {
      if (!signal.aborted) log.error({ kind, err: error }, "not watched any more");
    });
    await reflector.synced;
  }

  #changed(signal: AbortSignal): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#options.onChange();
      if (this.table.unreadConfigMaps().length > 0) this.#readConfigMaps(signal).catch(() => undefined);
    }, gatherMs);
  }

  async #readApis(signal: AbortSignal): Promise<void> {
    const { client, log } = this.#options;
    const path = "/apis";
    const ask = () =>
      client.request<{ groups?: readonly { versions: readonly { groupVersion: string }[] }[] }>({
        path,
        signal,
      });
    const { body } = await untilAnswered(ask, log, signal);
    const versions = (body.groups ?? []).flatMap((group) => group.versions);
    this.table.apis(new Set(versions.map(({ groupVersion }) => groupVersion)));
    this.#changed(signal);
  }

  /** Reads what detection wants to see, until there is an answer to each. Rejects only when aborted. */
  #readConfigMaps(signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    this.#reading ??= untilAnswered(() => this.#askConfigMaps(signal), log, signal).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #askConfigMaps(signal: AbortSignal): Promise<void> {
    const { client, log } = this.#options;
    for (const { namespace, name } of this.table.wantedConfigMaps()) {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
      const key = `${namespace}/${name}`;
      try {
        const { body } = await client.request<{ data?: Readonly<Record<string, string>> }>({ path, signal });
        this.table.configMap(key, body.data ?? {});
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        if (error.code === "NotFound") this.table.configMap(key, {});
        else if (error.code !== "Forbidden") throw error;
        else if (this.table.unreadConfigMaps().includes(key)) {
          log.warn({ namespace, name }, "may not read a mesh's settings; taking the mesh's defaults");
          this.table.configMap(key, {});
        }
      }
    }
    this.#changed(signal);
  }
}
