export type { SentInventory } from "./agent/agent-connection.ts";
export type { BackoffOptions } from "./agent/backoff.ts";
export * from "./agent/ports.ts";
export {
  type ClientPhase,
  createRelayClient,
  type RelayClient,
  type RelayClientOptions,
} from "./agent/relay-client.ts";
export { type AgentCertificate, agentUri, readAgentCertificate } from "./agent-certificate.ts";
export { type Clock, systemClock } from "./clock.ts";
export * from "./diff-bundles.ts";
export * from "./enrolment-token.ts";
export { defaultLimits, type Limits } from "./limits.ts";
export type { Logger } from "./logger.ts";
export { protocolVersion } from "./protocol-version.ts";
export * from "./redeem-token.ts";
export type { Rejection, RejectionCode } from "./rejection.ts";
export { RelayError, type RelayErrorCode, relayErrors } from "./relay-error.ts";
export type { ServerTls } from "./server/credential-source.ts";
export * from "./server/ports.ts";
export type { ListenAddress } from "./server/relay-listener.ts";
export { createRelayServer, type RelayServer } from "./server/relay-server.ts";
export type { Delivery, RelaySession } from "./server/relay-session.ts";
export type { RelayServerOptions, ServerRates, ServerTiming } from "./server/server-options.ts";
export type { RevocationTarget } from "./server/session-registry.ts";
export { relayServerName } from "./server-name.ts";
export type { Rate } from "./token-bucket.ts";
export { type EncodedBundle, encodeBundle } from "./wire/encoded-delivery.ts";
