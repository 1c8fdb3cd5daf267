import { connectTo, KubeClient } from "@heddle/kube";
import type { TestCluster } from "./cluster.ts";

/** Tells when a VirtualService of a namespace first sets a response header to a value. */
export class MarkWatch implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #seen = new Map<string, number>();
  readonly #waiting = new Map<string, (at: number) => void>();
  readonly #watching: Promise<void>;

  constructor({ url, caPem, adminToken }: TestCluster, namespace: string, header: string) {
    const api = new KubeClient(connectTo({ server: url, caPem, token: adminToken }));
    const path = `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices`;
    this.#watching = this.#follow(api, path, new RegExp(`"${header}":"([^"]+)"`, "g"));
  }

  /** When the API server told of it, by the clock of `performance.now()`. */
  seen(mark: string): Promise<number> {
    const at = this.#seen.get(mark);
    return at === undefined
      ? new Promise((resolve) => this.#waiting.set(mark, resolve))
      : Promise.resolve(at);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #follow(api: KubeClient, path: string, marks: RegExp): Promise<void> {
    try {
      for await (const line of api.lines({ path, query: { watch: true }, signal: this.#stop.signal }))
        for (const [, mark = ""] of line.matchAll(marks)) {
          if (this.#seen.has(mark)) continue;
          const now = performance.now();
          this.#seen.set(mark, now);
          this.#waiting.get(mark)?.(now);
        }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }
}
