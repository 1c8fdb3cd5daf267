import type { Client, ClientDuplexStream } from "@grpc/grpc-js";
import { dial } from "../agent/dial.ts";
import type { AgentIdentity } from "../agent/ports.ts";
import type { ServerMessage } from "../gen/heddle/relay/v1/relay_pb.ts";
import { defaultLimits } from "../limits.ts";
import { RelayError } from "../relay-error.ts";
import { agentCodec, connectMethod, encodeAgentMessage } from "../wire/contract.ts";

/** An agent that says whatever a test wants to say, frame by frame, and stops reading after the Welcome when asked to. */
export class RawPeer {
  readonly #client: Client;
  readonly #call: ClientDuplexStream<Buffer, Buffer>;
  #reads: boolean;
  readonly received: ServerMessage["body"][] = [];
  /** The status the stream ended with. */
  readonly ended: Promise<RelayError>;

  constructor(address: string, identity: AgentIdentity, options: { readonly reads?: boolean } = {}) {
    this.#reads = options.reads ?? true;
    this.#client = dial(address, identity, { ...defaultLimits, frameBytes: 64 * 1024 * 1024 });
    const { path, requestSerialize, responseDeserialize } = connectMethod;
    this.#call = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    const { promise, resolve } = Promise.withResolvers<RelayError>();
    this.ended = promise;
    this.#call.on("error", (error) => this.#end(() => resolve(RelayError.from(error))));
    this.#call.on("end", () => this.#end(() => resolve(new RelayError("RELAY_CLOSED"))));
    this.#call.on("data", (frame: Buffer) => {
      this.received.push(agentCodec.decode(frame).body);
      // gRPC reads on until it was read from once.
      if (!this.#reads) this.#call.pause();
    });
  }

  /** Reads what has come in the meantime, which is how gRPC gets to the end of the stream. */
  resume(): void {
    this.#reads = true;
    this.#call.resume();
  }

  hello(clusterUid: string): Promise<void> {
    return this.send(encodeAgentMessage({ case: "hello", value: { protocolVersion: "1.0", clusterUid } }));
  }

  /** Resolves when the transport has taken the frame, or the stream has ended. */
  async send(frame: Uint8Array): Promise<void> {
    const taken = new Promise<void>((resolve) => this.#call.write(Buffer.from(frame), () => resolve()));
    await Promise.race([taken, this.ended]);
  }

  close(): void {
    this.#call.cancel();
    this.#client.close();
  }

  #end(settle: () => void): void {
    settle();
    this.#client.close();
  }
}
