import type { ObjectName } from "@heddle/api";
import type { JsonObject, LevelledExtension, TranslationBuilder, WasmModule } from "@heddle/core";
import { extensionName, portsSeen } from "./extension-place.ts";
import type { Scope } from "./scope.ts";

/**
 * A WasmPlugin for each module. What cannot be fetched or run is refused or let pass as `failOpen` says, by Istio itself; so a module is
 * also written where its credentials cannot be. (istio.io/latest/docs/reference/config/proxy_extensions/wasm-plugin)
 */
export function writeWasm(
  module: LevelledExtension<WasmModule>,
  scope: Scope,
  out: TranslationBuilder,
): void {
  const { value, from } = module;
  const match = matchOf(module, scope, out);
  if (match.length === 0) return;
  const { name: at, home } = extensionName(module, "wasm", scope, match);
  const name: ObjectName = {
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "WasmPlugin",
    namespace: scope.namespace,
    name: at,
  };
  const { phase, priority, env, config, sha256 } = value;
  out.object(
    name,
    [from],
    {
      "spec.selector": scope.selector === undefined ? null : { matchLabels: scope.selector },
      "spec.url": value.url,
      "spec.sha256": sha256 ?? null,
      "spec.imagePullSecret": pullSecretOf(module, scope, out),
      "spec.phase": PHASE[phase],
      "spec.priority": phase === "first" ? priority + BEFORE_AUTHN : priority,
      "spec.pluginName": value.name,
      "spec.pluginConfig": config === undefined ? null : (config as JsonObject),
      "spec.vmConfig":
        env === undefined
          ? null
          : { env: Object.entries(env).map(([variable, text]) => ({ name: variable, value: text })) },
      "spec.failStrategy": value.failOpen ? "FAIL_OPEN" : "FAIL_CLOSE",
      "spec.match": match,
    },
    home,
  );
}

/** Left out, `last` is Istio's own choice: at the end, before the router. */
const PHASE = { first: "AUTHN", authn: "AUTHN", authz: "AUTHZ", stats: "STATS", last: null } as const;

/** More than the priorities of one phase are apart: within AUTHN, modules of phase `first` come before the others. */
const BEFORE_AUTHN = 2001;

function matchOf(module: LevelledExtension<WasmModule>, scope: Scope, out: TranslationBuilder): JsonObject[] {
  const { inbound, outbound } = portsSeen(module, scope, out);
  if (inbound === "every" && outbound === "every") return [{ mode: "CLIENT_AND_SERVER" }];
  return [
    ...(inbound === undefined ? [] : [{ mode: "SERVER", ...portsOf(inbound) }]),
    ...(outbound === undefined ? [] : [{ mode: "CLIENT", ...portsOf(outbound) }]),
  ];
}

function portsOf(ports: readonly number[] | "every"): JsonObject {
  return ports === "every" ? {} : { ports: ports.map((number) => ({ number })) };
}

/** Istio looks for the Secret beside the WasmPlugin, wherever the pods are. */
function pullSecretOf(
  { value: { pullSecretRef }, from }: LevelledExtension<WasmModule>,
  { namespace }: Scope,
  out: TranslationBuilder,
): string | null {
  if (pullSecretRef === undefined) return null;
  if (pullSecretRef.namespace === undefined || pullSecretRef.namespace === namespace)
    return pullSecretRef.name;
  out.verdict(
    { ...from, path: `${from.path}.pullSecretRef` },
    "unsupported",
    `Istio looks for it in namespace ${namespace} only; a module that needs it cannot be fetched, and requests are refused unless failOpen`,
  );
  return null;
}
