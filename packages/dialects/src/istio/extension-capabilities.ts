import { durationMs } from "@heddle/api";
import type { Capability, Refine } from "@heddle/core";
import { approximated, native, unsupported } from "../capability-levels.ts";

const contexts = native("EnvoyFilter match.context SIDECAR_INBOUND and SIDECAR_OUTBOUND");
const portNumber = native("EnvoyFilter match.listener.portNumber; inbound as ports of the pods");

/** How code in the path of requests lands in Istio: WasmPlugin, and EnvoyFilter for what it has no kind for. */
export const extensionCapabilities: Readonly<Record<string, Capability>> = {
  "wasm.name": native("WasmPlugin pluginName"),
  "wasm.url": native("WasmPlugin url"),
  "wasm.sha256": native("WasmPlugin sha256"),
  "wasm.pullSecretRef": native("WasmPlugin imagePullSecret, in the namespace of the WasmPlugin"),
  "wasm.pullSecretRef.key": approximated("a pull secret is always read from its key .dockerconfigjson"),
  "wasm.phase": native("WasmPlugin phase"),
  "wasm.priority": native("WasmPlugin priority"),
  "wasm.direction": native("WasmPlugin match[].mode"),
  "wasm.ports": native("WasmPlugin match[].ports; inbound as ports of the pods"),
  "wasm.config": native("WasmPlugin pluginConfig"),
  "wasm.env": native("WasmPlugin vmConfig.env"),
  "wasm.failOpen": native("WasmPlugin failStrategy"),
  "lua.name": native("EnvoyFilter that inserts envoy.filters.http.lua"),
  "lua.code": native("EnvoyFilter: Lua default_source_code"),
  "lua.phase": native("EnvoyFilter patch.operation"),
  "lua.priority": native("EnvoyFilter priority"),
  "lua.direction": contexts,
  "lua.ports": portNumber,
  "externalProcessing.name": native("EnvoyFilter that inserts envoy.filters.http.ext_proc"),
  "externalProcessing.service": native(
    "EnvoyFilter: grpc_service, the cluster of the service's gRPC or HTTP/2 port",
  ),
  "externalProcessing.phase": native("EnvoyFilter patch.operation"),
  "externalProcessing.priority": native("EnvoyFilter priority"),
  "externalProcessing.direction": contexts,
  "externalProcessing.ports": portNumber,
  "externalProcessing.timeout": native("EnvoyFilter: message_timeout"),
  "externalProcessing.failOpen": native("EnvoyFilter: failure_mode_allow"),
  "externalProcessing.requestHeaders": native("EnvoyFilter: processing_mode"),
  "externalProcessing.responseHeaders": native("EnvoyFilter: processing_mode"),
  "externalProcessing.requestBody": native("EnvoyFilter: processing_mode"),
  "externalProcessing.responseBody": native("EnvoyFilter: processing_mode"),
};

/** The longest that Envoy waits for an answer of a processor (envoy.extensions.filters.http.ext_proc.v3). */
export const maxMessageTimeoutMs = 3_600_000;

export const refineExtension: Refine = (field, value) => {
  switch (field) {
    case "wasm.phase":
      return value === "first"
        ? approximated(
            "phase AUTHN, before other modules of it: only Istio's metadata exchange comes earlier",
          )
        : undefined;
    case "lua.phase":
    case "externalProcessing.phase":
      return filterPhase(value);
    case "externalProcessing.service.kind":
      return value === "VirtualDestination"
        ? unsupported(
            "no proxy has a cluster of it; as if it did not answer: requests are refused unless failOpen",
          )
        : undefined;
    case "externalProcessing.timeout": {
      const timeout = durationMs(String(value));
      return timeout === 0 || timeout > maxMessageTimeoutMs
        ? approximated("written as 1h, the longest that Envoy waits")
        : undefined;
    }
    default:
      return undefined;
  }
};

/** An EnvoyFilter is placed by other filters; those of authentication and authorization are there only where something asks for them. */
function filterPhase(value: unknown): Capability | undefined {
  switch (value) {
    case "authn":
    case "authz":
      return approximated(
        "before all of Istio's own filters: those for it are not always there to be placed by",
      );
    case "stats":
      return approximated("just before the request is sent on, after Istio's metrics filter");
    default:
      return undefined;
  }
}
