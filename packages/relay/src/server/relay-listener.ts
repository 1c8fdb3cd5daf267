import { createServer, type Socket } from "node:net";
import type { Server } from "@grpc/grpc-js";
import { CredentialSource, type ServerTls } from "./credential-source.ts";

export interface ListenAddress {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/**
 * The sockets under a gRPC server. It accepts them itself, because gRPC offers neither a look at the address before the TLS handshake
 * nor a way to cut off a peer that stopped reading.
 */
export class RelayListener {
  readonly #grpc: Server;
  readonly #source = new CredentialSource();
  readonly #sockets = new Map<string, Socket>();
  readonly #net = createServer((socket) => this.#accept(socket));
  readonly #injector;
  readonly #admit: (host: string) => boolean;

  /** `admit` says whether a connection from a host may go on. */
  constructor(grpc: Server, tls: ServerTls, admit: (host: string) => boolean) {
    this.#grpc = grpc;
    this.#admit = admit;
    this.#injector = grpc.createConnectionInjector(this.#source.createCredentials());
    this.publish(tls);
  }

  /** Resolves with the address it listens on; rejects with what `net` says. */
  async listen({ host, port }: ListenAddress): Promise<ListenAddress> {
    await new Promise<void>((resolve, reject) => {
      this.#net.once("error", reject);
      this.#net.listen(port, host, resolve);
    });
    const address = this.#net.address();
    return { host, port: typeof address === "object" && address ? address.port : port };
  }

  publish(tls: ServerTls): void {
    this.#source.publish(tls);
  }

  /** Cuts the connection of `peer`, as gRPC's `getPeer` names it. */
  cut(peer: string): void {
    this.#sockets.get(peer)?.destroy();
  }

  /** Accepts no more connections; the open ones stay. */
  stopAccepting(): void {
    this.#net.close();
  }

  /** Ends all connections. */
  destroy(): void {
    this.#grpc.forceShutdown();
    this.#injector.destroy();
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  #accept(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    socket.on("error", () => socket.destroy());
    if (!remoteAddress || !this.#admit(remoteAddress)) {
      socket.destroy();
      return;
    }
    const peer = `${remoteAddress}:${remotePort}`;
    this.#sockets.set(peer, socket);
    socket.once("close", () => this.#sockets.delete(peer));
    socket.setNoDelay(true);
    this.#injector.injectConnection(socket);
  }
}
