import { createSecureContext } from "node:tls";
import { Client, credentials, type MethodDefinition, type ServiceError } from "@grpc/grpc-js";
import type { Limits } from "../limits.ts";
import { RelayError } from "../relay-error.ts";
import { relayServerName } from "../server-name.ts";

/** Receive window of a connection, in bytes: gRPC's 64 KiB would allow 640 KiB/s at 100 ms. Bounds what the server may have under way. */
const receiveWindow = 4 * 1024 * 1024;

export interface ClientTls {
  readonly caBundlePem: string;
  readonly privateKeyPem?: string;
  readonly certificateChainPem?: string;
}

/** A gRPC client of its own connection, verified against `caBundlePem` and `relayServerName`, whatever address it is reached at. */
export function dial(address: string, tls: ClientTls, limits: Limits): Client {
  const context = createSecureContext({
    ca: tls.caBundlePem,
    minVersion: "TLSv1.3",
    ...(tls.privateKeyPem ? { key: tls.privateKeyPem } : {}),
    ...(tls.certificateChainPem ? { cert: tls.certificateChainPem } : {}),
  });
  return new Client(address, credentials.createFromSecureContext(context), {
    "grpc.ssl_target_name_override": relayServerName,
    "grpc.max_receive_message_length": limits.frameBytes,
    "grpc.max_send_message_length": limits.frameBytes,
    "grpc.keepalive_time_ms": 20_000,
    "grpc.keepalive_timeout_ms": 10_000,
    "grpc-node.flow_control_window": receiveWindow,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_channelz": 0,
    "grpc.enable_retries": 0,
    "grpc.service_config_disable_resolution": 1,
  });
}

/** One unary call. Rejects with a `RelayError`. */
export function callUnary<I, O>(
  client: Client,
  method: MethodDefinition<I, O>,
  request: I,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<O> {
  return new Promise((resolve, reject) => {
    const settle = (error: ServiceError | null, reply?: O): void => {
      signal.removeEventListener("abort", cancel);
      if (error) reject(RelayError.from(error));
      else if (reply === undefined) reject(new RelayError("RELAY_CLOSED"));
      else resolve(reply);
    };
    const { path, requestSerialize, responseDeserialize } = method;
    const deadline = Date.now() + timeoutMs;
    const call = client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      { deadline },
      settle,
    );
    const cancel = () => call.cancel();
    signal.addEventListener("abort", cancel);
  });
}
