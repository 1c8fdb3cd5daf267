import type { Scenario } from "../scenario.ts";
import { processorAway } from "./processor-away.ts";
import { processorDirection } from "./processor-direction.ts";
import { processorHeaders } from "./processor-headers.ts";
import { processorOrder } from "./processor-order.ts";
import { processorPartialBody } from "./processor-partial-body.ts";
import { processorRequestBody } from "./processor-request-body.ts";
import { processorResponseBody } from "./processor-response-body.ts";
import { processorTimeout } from "./processor-timeout.ts";
import { rateLimit } from "./rate-limit.ts";
import { rateLimitService } from "./rate-limit-service.ts";
import { scriptDirection } from "./script-direction.ts";
import { scriptOrder } from "./script-order.ts";
import { wasmConfig } from "./wasm-config.ts";
import { wasmDirection } from "./wasm-direction.ts";
import { wasmOrder } from "./wasm-order.ts";
import { wasmPulled } from "./wasm-pulled.ts";
import { wasmRefused } from "./wasm-refused.ts";

/** About filters of Envoy at the pods of one service: they run one after the other. */
export const extensionScenarios: Readonly<Record<string, Scenario>> = {
  "script-order": scriptOrder,
  "script-direction": scriptDirection,
  "processor-away": processorAway,
  "processor-direction": processorDirection,
  "processor-headers": processorHeaders,
  "processor-order": processorOrder,
  "processor-partial-body": processorPartialBody,
  "processor-request-body": processorRequestBody,
  "processor-response-body": processorResponseBody,
  "processor-timeout": processorTimeout,
  "wasm-config": wasmConfig,
  "wasm-direction": wasmDirection,
  "wasm-order": wasmOrder,
  "wasm-pulled": wasmPulled,
  "wasm-refused": wasmRefused,
  "rate-limit": rateLimit,
  "rate-limit-service": rateLimitService,
};
