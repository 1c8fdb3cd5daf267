import { randomUUID } from "node:crypto";
import { must } from "../src/mesh/host-command.ts";
import type { Mesh, RequestOptions } from "../src/mesh/mesh.ts";
import type { Behaviour, ClientAnswer, ReceivedRequest } from "../src/mesh/pod-protocol.ts";
import type { Target } from "./scenario.ts";

export interface Ask extends Omit<RequestOptions, "url"> {
  /** Pod that asks; `front` unless set. */
  readonly from?: string;
  readonly path?: string;
  readonly port?: number;
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

  constructor(mesh: Mesh, service: Target) {
    this.#mesh = mesh;
    this.service = service;
  }

  /** Sends `count` requests. */
  many(count: number, ask: Ask = {}): Promise<readonly ClientAnswer[]> {
    const { from = "front", path = "/", port = 8080, pod, address, app, tag, headers, ...rest } = ask;
    const host = pod ? this.addressOf(pod) : (address ?? `${this.service.name}.${this.service.namespace}`);
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
