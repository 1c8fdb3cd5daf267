import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** One address in front of many, in turn, as a Kubernetes Service is: those that refuse are passed over. Loopback only. */
export class Balancer {
  /** Ports of who is behind it. */
  readonly targets: number[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #next = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<Balancer> {
    const server = createServer();
    const balancer = new Balancer(server);
    server.on("connection", (near) => balancer.#serve(near, balancer.targets.length));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return balancer;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(near: Socket, tries: number): void {
    this.#sockets.add(near);
    near.on("error", () => undefined).on("close", () => this.#sockets.delete(near));
    const port = this.targets[this.#next++ % Math.max(1, this.targets.length)];
    if (tries === 0 || port === undefined) {
      near.destroy();
      return;
    }
    const far = connect(port, "127.0.0.1");
    far.once("error", () => this.#serve(near, tries - 1));
    far.once("connect", () => {
      far.removeAllListeners("error").on("error", () => near.destroy());
      far.on("close", () => near.destroy());
      near.on("close", () => far.destroy());
      near.pipe(far).pipe(near);
    });
  }
}
