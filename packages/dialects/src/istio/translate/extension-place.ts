import type {
  ExternalProcessor,
  Json,
  LevelledExtension,
  LuaScript,
  TranslationBuilder,
  WasmModule,
} from "@heddle/core";
import { policyObjectName } from "../../object-names.ts";
import type { Scope } from "./scope.ts";
import { sharedPods } from "./shared-pods.ts";

export type Extension = LevelledExtension<WasmModule | LuaScript | ExternalProcessor>;

/** Ports at which an extension sees requests to the pods and from them; undefined for none. */
export interface PortsSeen {
  readonly inbound: readonly number[] | "every" | undefined;
  readonly outbound: readonly number[] | "every" | undefined;
}

/**
 * Inbound, ports are those of the target, as ports of the pods. Outbound, they are those that the pods call; ports of the target are not
 * about these. No ports at all would mean every port to Istio, so a direction of which none is left is left out.
 */
export function portsSeen(
  { value, from, ports }: Extension,
  scope: Scope,
  out: TranslationBuilder,
): PortsSeen {
  const { direction } = value;
  const named =
    ports === undefined ? value.ports : (value.ports ?? ports).filter((port) => ports.includes(port));
  const own = named && [...new Set(named.flatMap((port) => scope.workloadPorts(port)))].sort((a, b) => a - b);
  const inbound = direction !== "outbound";
  if (inbound && own?.length === 0)
    out.verdict(from, "unsupported", "left out for requests to the target: no pod has these ports");
  if (direction !== "inbound" && ports !== undefined)
    out.verdict(
      { ...from, path: "spec.targets" },
      "approximated",
      "for requests from the target its ports mean nothing: the extension's own ports hold",
    );
  return {
    inbound: !inbound || own?.length === 0 ? undefined : (own ?? "every"),
    outbound: direction === "inbound" ? undefined : (value.ports ?? "every"),
  };
}

/**
 * `POLICY.SUBJECT.KIND.NAME`. Services that select the same pods share the object, so that nothing runs twice for one request; its name
 * then hangs on the selector and on what is said there, not on the Service.
 */
export function extensionName(
  { value, policy }: Extension,
  kind: "wasm" | "lua" | "processor",
  scope: Scope,
  said: Json,
): { readonly name: string; readonly home?: string } {
  const suffix = `${kind}.${value.name}`;
  if (scope.level !== "destination" || scope.selector === undefined)
    return { name: policyObjectName(policy, `${scope.subject}.${suffix}`) };
  const name = policyObjectName(policy, `${sharedPods(scope.selector, said)}.${suffix}`);
  return { name, home: `pods/${scope.namespace}/${name}` };
}
