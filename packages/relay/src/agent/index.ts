/** The agent's end of the stream alone: an agent that loaded the server's end, too, would be 20 MB larger. */
export { RelayError, type RelayErrorCode } from "../relay-error.ts";
export type * from "./ports.ts";
export {
  type ClientPhase,
  createRelayClient,
  type RelayClient,
  type RelayClientOptions,
} from "./relay-client.ts";
