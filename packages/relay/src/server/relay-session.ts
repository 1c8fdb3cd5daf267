import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import type { AgentCertificate } from "../agent-certificate.ts";
import { type AgentMessage, DeliverySchema } from "../gen/heddle/relay/v1/relay_pb.ts";
import type { Limits } from "../limits.ts";
import { type Rejection, tooLarge } from "../rejection.ts";
import { RelayError, type RelayErrorCode } from "../relay-error.ts";
import { encodeServerMessage } from "../wire/contract.ts";
import { type EncodedBundle, encodeDelivery } from "../wire/encoded-delivery.ts";
import type { MessageStream } from "../wire/message-stream.ts";
import type { AgentHello, RelayCluster } from "./ports.ts";

/** What an agent shall have. */
export interface Delivery {
  readonly id: string;
  readonly revision: number;
  /** The full set was compared with what the agent holds. */
  readonly complete: boolean;
  readonly bundles: readonly EncodedBundle[];
  readonly removed: readonly string[];
}

/** The live stream of one agent. */
export interface RelaySession {
  readonly id: string;
  readonly cluster: RelayCluster;
  readonly certificate: AgentCertificate;
  readonly hello: AgentHello;
  /** Ms since 1970. */
  readonly connectedAt: number;
  /** When the agent was last heard of. */
  readonly lastSeenAt: number;
  /** False while a delivery is under way: keep only the newest state of each bundle until `ready`. */
  readonly writable: boolean;
  /** Resolves once the delivery under way has been taken or failed. */
  ready(): Promise<void>;
  /**
   * Sends what changed; resolves when the transport has taken all of it, with the bundles that were left out because they are too large (the
   * agent is told, too). Deliveries are sent one after the other. Rejects with a `RelayError` when the stream ends first.
   */
  deliver(delivery: Delivery): Promise<{ readonly rejected: readonly Rejection[] }>;
  /** Asks for a full inventory. */
  requestInventory(): Promise<void>;
  /** Says Goodbye and ends the stream. */
  close(code: RelayErrorCode, retryAfterMs?: number): void;
}

export interface SessionOptions {
  readonly cluster: RelayCluster;
  readonly certificate: AgentCertificate;
  readonly hello: AgentHello;
  readonly stream: MessageStream<AgentMessage>;
  readonly limits: Limits;
  readonly connectedAt: number;
  /** When to ask the agent to connect elsewhere, in ms since 1970. */
  readonly rebalanceAt: number;
}

export class LiveSession implements RelaySession {
  readonly id = randomUUID();
  readonly cluster: RelayCluster;
  readonly certificate: AgentCertificate;
  readonly hello: AgentHello;
  readonly connectedAt: number;
  lastSeenAt: number;
  /** False while handlers are so far behind that nothing is read: silence then says nothing of the agent. */
  reading = true;
  /** Set as soon as either end wants the stream closed: what the agent says from then on is not handled. */
  closed = false;
  /** Rejects with the reason when this end wants the stream closed. */
  readonly closing: Promise<never>;
  readonly #stream: MessageStream<AgentMessage>;
  readonly #limits: Limits;
  readonly #rebalanceAt: number;
  readonly #close: (error: RelayError) => void;
  #deliveries: Promise<void> = Promise.resolve();
  #underWay = 0;
  #answering = false;

  constructor(options: SessionOptions) {
    this.cluster = options.cluster;
    this.certificate = options.certificate;
    this.hello = options.hello;
    this.connectedAt = options.connectedAt;
    this.lastSeenAt = options.connectedAt;
    this.#stream = options.stream;
    this.#limits = options.limits;
    this.#rebalanceAt = options.rebalanceAt;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined);
    this.closing = promise;
    this.#close = reject;
  }

  get writable(): boolean {
    return this.#underWay === 0;
  }

  ready(): Promise<void> {
    return this.#deliveries;
  }

  deliver(delivery: Delivery): Promise<{ readonly rejected: readonly Rejection[] }> {
    this.#underWay++;
    const sent = this.#deliveries.then(() => this.#send(delivery));
    this.#deliveries = sent.then(
      () => this.#settle(),
      () => this.#settle(),
    );
    return sent;
  }

  requestInventory(): Promise<void> {
    return this.#stream.send(encodeServerMessage({ case: "inventoryRequest", value: {} }));
  }

  close(code: RelayErrorCode, retryAfterMs = 0): void {
    this.fail(new RelayError(code, { retryAfterMs }));
  }

  fail(error: RelayError): void {
    this.closed = true;
    this.#close(error);
  }

  /** Answers a heartbeat unless an answer is still waiting to be taken: a peer that does not read gets no queue. */
  answerHeartbeat(sequence: number): void {
    if (this.#answering) return;
    this.#answering = true;
    this.#stream
      .send(encodeServerMessage({ case: "heartbeat", value: { sequence } }))
      .catch(() => undefined)
      .finally(() => {
        this.#answering = false;
      });
  }

  /** Throws the reason why the session should end at `now`, if there is one. `silenceMs` is how long an agent may say nothing. */
  check(now: number, silenceMs: number): void {
    this.#stream.checkProgress();
    if (this.reading && now - this.lastSeenAt > silenceMs) throw new RelayError("RELAY_TIMEOUT");
    if (now > this.certificate.notAfter) throw new RelayError("RELAY_CERTIFICATE_EXPIRED");
    if (now > this.#rebalanceAt) throw new RelayError("RELAY_REBALANCED");
  }

  #settle(): void {
    this.#underWay--;
  }

  async #send({
    id,
    revision,
    complete,
    bundles,
    removed,
  }: Delivery): Promise<{ rejected: readonly Rejection[] }> {
    const { itemBytes } = this.#limits;
    const rejected = bundles
      .filter((bundle) => bundle.field.length > itemBytes)
      .map((bundle) => tooLarge(bundle.id, bundle.field.length, itemBytes));
    const batches = inBatches(
      bundles.filter((bundle) => bundle.field.length <= itemBytes),
      this.#limits.deliveryBytes,
    );
    for (const [index, batch] of batches.entries()) {
      const more = index < batches.length - 1;
      const rest = more ? {} : { complete, removed: [...removed], rejected: [...rejected] };
      const head = create(DeliverySchema, { id, revision: BigInt(revision), more, ...rest });
      await this.#stream.send(...encodeDelivery(head, batch));
    }
    return { rejected };
  }
}

/** At least one batch, each of at most `most` bytes unless a single bundle has more. */
function inBatches(bundles: readonly EncodedBundle[], most: number): readonly (readonly EncodedBundle[])[] {
  const batches: EncodedBundle[][] = [[]];
  let bytes = 0;
  for (const bundle of bundles) {
    const current = batches.at(-1);
    if (current && (current.length === 0 || bytes + bundle.field.length <= most)) {
      current.push(bundle);
      bytes += bundle.field.length;
    } else {
      batches.push([bundle]);
      bytes = bundle.field.length;
    }
  }
  return batches;
}
