import { randomUUID } from "node:crypto";
import type { Mesh, RequestOptions } from "../src/mesh/mesh.ts";
import { must } from "../src/mesh/network/host-command.ts";
import { once } from "../src/mesh/pod/pod.ts";
import type { Behaviour, ClientAnswer, Collected, ReceivedRequest } from "../src/mesh/pod/pod-protocol.ts";
import type { Target, Wish } from "./scenario.ts";

export interface Ask extends Omit<RequestOptions, "url"> {
  /** Pod that asks; `front` unless set. */
  readonly from?: string;
  readonly path?: string;
  readonly port?: number;
  /** Another service than the scenario's. */
  readonly service?: Target;
  /** Straight to the pod's address instead of the service's. */
  readonly pod?: string;
  /** The same for an address that is no pod's. */
  readonly address?: string;
  /** What the application shall do. */
  readonly app?: Behaviour;
  /** By which the pods remember the request. */
  readonly tag?: string;
}

/** A scenario's view of the mesh: its own service, and requests to it. */
export class Scene {
  readonly #mesh: Mesh;
  readonly service: Target;
  /** Applies wishes in place of those that the scenario had before; returns when the cluster has them. */
  readonly apply: (wishes: readonly Wish[]) => Promise<void>;

  constructor(mesh: Mesh, service: Target, apply: (wishes: readonly Wish[]) => Promise<void>) {
    this.#mesh = mesh;
    this.service = service;
    this.apply = apply;
  }

  /** Sends `count` requests. */
  many(count: number, ask: Ask = {}): Promise<readonly ClientAnswer[]> {
    const { from = "front", path = "/", port = 8080, pod, address, app, tag, headers, ...more } = ask;
    const { service: { name, namespace } = this.service, ...rest } = more;
    const host = pod ? this.addressOf(pod) : (address ?? `${name}.${namespace}`);
    return this.#mesh.request(from, {
      parallel: 10,
      ...rest,
      url: `http://${host}:${port}${path}`,
      count,
      headers: {
        ...headers,
        ...(app && { "x-app": JSON.stringify(app) }),
        ...(tag && { "x-tag": tag }),
      },
    });
  }

  async one(ask: Ask = {}): Promise<ClientAnswer> {
    const [answer] = await this.many(1, ask);
    if (answer === undefined) throw new Error("a request without an answer");
    return answer;
  }

  async status(ask: Ask = {}): Promise<number> {
    return (await this.one(ask)).status;
  }

  /** Version of the pod that answered; `""` when none did. */
  async version(ask: Ask = {}): Promise<string> {
    return (await this.one(ask)).headers["x-version"] ?? "";
  }

  /** Whether a request succeeds and its answer carries a header that the policy sets; the mesh's own errors carry it, too. */
  async marked(header: string, value: string, ask: Ask = {}): Promise<boolean> {
    const { status, headers } = await this.one(ask);
    return status === 200 && headers[header] === value;
  }

  /** The request as the application got it. */
  async received(ask: Ask = {}): Promise<ReceivedRequest> {
    const { body, status } = await this.one(ask);
    if (status !== 200) throw new Error(`answered with ${status}: ${body}`);
    return JSON.parse(body) as ReceivedRequest;
  }

  /** Until every new request meets the newest configuration, also on connections between sidecars that are kept open. */
  async settled(): Promise<void> {
    await Promise.all(this.#mesh.pods.map((pod) => pod.settled()));
  }

  /** Whether a pod's sidecar runs with a configuration in which the text stands. */
  async configured(pod: string, text: string): Promise<boolean> {
    const [answer] = await this.#mesh
      .pod(pod)
      .send({ ...once, address: "127.0.0.1", port: 15000, path: "/config_dump" });
    return answer?.body.includes(text) ?? false;
  }

  /** Requests to the collector in which the text stands. */
  collected(text: string): Promise<readonly Collected[]> {
    return this.#mesh.pod("collector").collected(text);
  }

  /** What a pod and its sidecar have written to standard output. */
  output(pod: string): string {
    return this.#mesh.pod(pod).log();
  }

  /** A file in the working directory of a pod's sidecar; empty where there is none. */
  file(pod: string, name: string): Promise<string> {
    return this.#mesh.pod(pod).file(name);
  }

  addressOf(pod: string): string {
    return this.#mesh.pod(pod).place.address;
  }

  /** The kernel's TCP connections in a pod, one a line, with their timers: ss(8). */
  connections(pod: string): Promise<string> {
    return must("ip", ["netns", "exec", this.#mesh.pod(pod).place.space, "ss", "-tnoH"]);
  }

  newTag(): string {
    return randomUUID();
  }

  /** All requests with the tag that reached any pod. */
  async seen(tag: string): Promise<readonly ReceivedRequest[]> {
    return (await Promise.all(this.#mesh.pods.map((pod) => pod.seen(tag)))).flat();
  }
}
